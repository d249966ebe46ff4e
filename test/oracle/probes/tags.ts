import { contract } from '@pelagic/proto/contract';
import { NOUNS } from '../entering.ts';
import { every, isOut, mayDo, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { isWritable } from '../reference.ts';

/** No record has it: who may take it off takes nothing off. */
const NO_TAG = '019a0000-0000-7000-8000-000000000001';

/** Who may change the record and its field puts tags on it and takes them off, unless it lies in the recycle bin. */
const tagging = (probing: Probing, thing: Thing): string => {
  const { world, door } = probing;
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, `${thing.noun}.update`)) return 'denied';
  if (!isWritable(world.organisation, door.asker, thing.noun, 'tagIds')) return 'refused';
  if (thing.deleted || !(sees(probing, thing) || sees(probing, thing, 'update'))) return 'not found';
  return sees(probing, thing, 'update') ? 'ok' : 'denied';
};

export const tags: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const noun of NOUNS)
    for (const thing of sample(probing, every(probing, noun), 3)) {
      const body = { noun, recordId: thing.id, removeIds: [NO_TAG] };
      const answer = await door.rest('POST', `/v1/${contract.nouns.get(noun)!.service}/tags:change`, body);
      decide('tags', door.name, `tag ${noun} ${thing.id}`, {
        oracle: tagging(probing, thing),
        product: verdict(answer),
      });
    }
};
