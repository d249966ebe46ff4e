import { contract } from '@pelagic/proto/contract';
import { NOUNS } from '../entering.ts';
import { every, isOut, mayDo, readingOf, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import type { World } from '../world.ts';

/** A file that hangs on a record, whoever put it there. */
type Hanging = { thing: Thing; fileId: string };

const HANGING = new WeakMap<World, Hanging[]>();
const NO_FILE = '019a0000-0000-7000-8000-000000000000';

const serviceOf = ({ noun }: Thing): string => contract.nouns.get(noun)!.service;

/** What the oracle says of putting a file on a record: who may change it may, unless it lies in the recycle bin. */
const puttingOn = (probing: Probing, thing: Thing): string => {
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, `${thing.noun}.update`)) return 'denied';
  if (thing.deleted || !(sees(probing, thing) || sees(probing, thing, 'update'))) return 'not found';
  return sees(probing, thing, 'update') ? 'ok' : 'denied';
};

const putOn = async ({ world, door, decide, ...rest }: Probing, thing: Thing): Promise<void> => {
  const oracle = puttingOn({ world, door, decide, ...rest }, thing);
  // Only what shall succeed is uploaded: what waits for nothing is limited.
  const fileId =
    oracle === 'ok'
      ? await door.upload(serviceOf(thing), '说明.txt', Buffer.from('说明'), 'FILE_PURPOSE_ATTACHMENT')
      : NO_FILE;
  const body = { recordNoun: thing.noun, recordId: thing.id, fileId };
  const answer = await door.rest('POST', `/v1/${serviceOf(thing)}/attachments`, body);
  // A record holds fifty.
  const product = answer.body?.reason === 'TOO_MANY_ATTACHMENTS' ? 'ok' : verdict(answer);
  decide('attachments', door.name, `put on ${thing.noun} ${thing.id}`, { oracle, product });
  if (product === 'ok' && oracle === 'ok') HANGING.set(world, [...(HANGING.get(world) ?? []), { thing, fileId }]);
};

const STATUS: Record<string, number> = { ok: 200, 'signed out': 401 };

/** What hangs on a record is listed and downloaded by who reads it at that moment, and put there by who may change it. */
export const attachments: Probe = async (probing) => {
  const { world, door, decide } = probing;
  for (const { thing, fileId } of sample(probing, HANGING.get(world) ?? [], 4))
    decide('files', door.name, `a file on ${thing.noun} ${thing.id}`, {
      oracle: STATUS[readingOf(probing, thing)] ?? 404,
      product: await door.status(`/v1/${serviceOf(thing)}/files/${fileId}`),
    });
  for (const noun of NOUNS)
    for (const thing of sample(probing, every(probing, noun), 1)) {
      const list = await door.rest('GET', `/v1/${serviceOf(thing)}/attachments?noun=${noun}&recordId=${thing.id}`);
      decide('attachments', door.name, `read ${noun} ${thing.id}`, {
        oracle: readingOf(probing, thing),
        product: verdict(list),
      });
      await putOn(probing, thing);
    }
};
