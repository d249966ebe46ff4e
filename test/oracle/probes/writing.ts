import type { Rpc } from '@pelagic/proto/contract';
import { every, fieldsOf, isOut, living, mayDo, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { bindingOf, nounOf, rpcsOf } from '../paths.ts';
import { isWritable } from '../reference.ts';

/** No record is at this version: who may change it is told that it is stale, and nothing changes. */
const NEVER = 999_999;

const TEXT: Record<string, string> = { activity: 'content', ticket: 'description' };

/** What a command needs besides the record and its version to be understood. */
const bodyOf = ({ world }: Probing, { method }: Rpc, thing: Thing): Record<string, unknown> | undefined => {
  if (method.startsWith('Delete')) return undefined;
  if (method.startsWith('Update')) return { version: NEVER, [TEXT[thing.noun] ?? 'note']: 'oracle' };
  const more: Record<string, object> = {
    Assign: { ownerId: world.adminId },
    Share: { shares: [] },
    SetLeadState: { state: 'LEAD_STATE_INVALID', reason: 'oracle' },
    SetCampaignState: { state: 'CAMPAIGN_STATE_RUNNING' },
    SetTaskState: { state: 'TASK_STATE_DONE' },
    SetTicketState: { state: 'TICKET_STATE_OPEN' },
    MoveOpportunity: { stageId: world.organisation.values.get(thing.id)?.['stageId'] },
    CheckOpportunityItems: { itemIds: [] },
    ReopenOpportunity: { reason: 'oracle' },
    VoidContract: { reason: 'oracle' },
    RefundReceipt: { amount: '1', reason: 'oracle' },
    ReverseReceipt: { reason: 'oracle' },
  };
  const known = Object.entries(more).find(([name]) => method.startsWith(name));
  return { version: NEVER, ...known?.[1] };
};

const changing = (probing: Probing, thing: Thing, permission: string): string => {
  const { values } = probing.world.organisation;
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, permission)) return 'denied';
  if (thing.deleted) return 'not found';
  // Whoever converts a lead reads it on the way.
  if (permission === 'lead.convert' && !sees(probing, thing)) return 'not found';
  if (permission === 'lead.convert' && values.get(thing.id)?.['customerId']) return '422 LEAD_CONVERTED';
  if (sees(probing, thing, permission.slice(permission.indexOf('.') + 1))) return 'stale';
  // Seen and not theirs to change is another answer than not seen at all.
  return sees(probing, thing) ? 'denied' : 'not found';
};

/** Who may have it back from the recycle bin is not asked here: it would be back. Undefined for those. */
const restoring = (probing: Probing, thing: Thing, permission: string): string | undefined => {
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, permission)) return 'denied';
  if (!thing.deleted) return 'not found';
  if (sees(probing, thing, 'delete')) return undefined;
  return sees(probing, thing) ? 'denied' : 'not found';
};

/** Every command on every noun, on records of all kinds. */
export const commands: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const rpc of rpcsOf('change')) {
    const noun = rpc.method === 'ConvertLead' ? 'lead' : nounOf(rpc);
    const { method, path } = bindingOf(rpc);
    for (const thing of sample(probing, every(probing, noun), 5)) {
      const restores = rpc.method.startsWith('Undelete');
      const oracle = (restores ? restoring : changing)(probing, thing, rpc.access.permission);
      if (!oracle) continue;
      const body = restores ? {} : bodyOf(probing, rpc, thing);
      const at = path.replace('{id}', thing.id) + (body ? '' : `?version=${NEVER}`);
      decide('change', door.name, `${rpc.method} ${thing.id}`, {
        oracle,
        product: verdict(await door.rest(method, at, body)),
      });
    }
  }
};

const WRITTEN = ['name', 'note', 'source', 'company', 'industry', 'competitor', 'title'];

/** Fields that a role keeps from being written: each is written with what it holds, so that nothing changes. */
export const fieldsWritten: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const { organisation } = world;
  for (const rpc of rpcsOf('change').filter(
    ({ method }) => method.startsWith('Update') && !method.endsWith('Activity'),
  )) {
    const noun = nounOf(rpc);
    // What a lead became is written where it went.
    const open = living(probing, noun).filter(
      ({ id, settled }) => !settled && (noun !== 'lead' || !organisation.values.get(id)?.['customerId']),
    );
    const [thing] = sample(
      probing,
      open.filter((each) => sees(probing, each, 'update')),
      1,
    );
    if (!thing || !mayDo(probing, `${noun}.update`)) continue;
    const known = fieldsOf(noun).map(({ json }) => json);
    for (const field of WRITTEN.filter((each) => known.includes(each))) {
      const value = organisation.values.get(thing.id)?.[field];
      const answer = await door.rest('PATCH', bindingOf(rpc).path.replace('{id}', thing.id), { [field]: value });
      const oracle = isWritable(organisation, door.asker, noun, field) ? 'ok' : 'refused';
      decide('change', door.name, `${rpc.method} ${thing.id}`, { field, oracle, product: verdict(answer) });
    }
  }
};

const NEW: Record<string, (word: string) => Record<string, unknown>> = {
  lead: (word) => ({ name: word, phones: ['13912345678'] }),
  customer: (word) => ({ name: word, phones: ['13912345678'] }),
  contact: (word) => ({ name: word, phones: ['13912345678'] }),
  opportunity: (word) => ({ name: word }),
  contract: (word) => ({ name: word }),
  campaign: (word) => ({ name: word, kind: 'CAMPAIGN_KIND_OTHER' }),
  task: (word) => ({ name: word }),
  ticket: (word) => ({ name: word }),
  schedule: (word) => ({ name: word, startTime: '2030-03-04T02:00:00Z', endTime: '2030-03-04T03:00:00Z' }),
};

/** New records are rehearsed only: with fields that may be closed, and hanging on records that may be out of reach. */
export const creating: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const rpc of rpcsOf('create')) {
    const noun = nounOf(rpc);
    const draft = NEW[noun];
    if (!draft) continue;
    const hangs = ['contact', 'opportunity', 'contract'].includes(noun);
    for (const on of hangs ? sample(probing, living(probing, 'customer'), 3) : [undefined]) {
      const body = { ...draft('zqzq 航运'), ...(on && { customerId: on.id }) };
      const answer = await door.rest('POST', `${bindingOf(rpc).path}?validateOnly=true`, body);
      const closed = Object.keys(body).some((field) => !isWritable(world.organisation, door.asker, noun, field, true));
      const reached = !on || sees(probing, on, noun === 'contact' ? 'update' : 'read');
      const allowed = mayDo(probing, rpc.access.permission);
      const oracle = isOut(probing) ? 'signed out' : !allowed ? 'denied' : closed || !reached ? 'refused' : 'ok';
      decide('create', door.name, `a ${noun}${on ? ` of customer ${on.id}` : ''}`, {
        oracle,
        product: verdict(answer),
      });
    }
  }
};

/** Follow-ups on what cannot be seen are refused. */
export const logging: Probe = async (probing) => {
  const { door, decide } = probing;
  const subjects = ['lead', 'customer', 'opportunity'].flatMap((noun) => sample(probing, every(probing, noun), 3));
  for (const subject of subjects) {
    const allowed = mayDo(probing, 'activity.create');
    // What is allowed would be logged: that it is, the people of the story show.
    if (allowed && !subject.deleted && sees(probing, subject)) continue;
    const body = { kind: 'ACTIVITY_KIND_NOTE', content: 'oracle', subjectNoun: subject.noun, subjectId: subject.id };
    const oracle = isOut(probing) ? 'signed out' : allowed ? 'refused' : 'denied';
    decide('create', door.name, `a follow-up on ${subject.noun} ${subject.id}`, {
      oracle,
      product: verdict(await door.rest('POST', '/v1/activities', body)),
    });
  }
};
