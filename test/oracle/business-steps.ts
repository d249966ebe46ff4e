import { activePeople, living, PATHS, word, type Entered } from './entering.ts';
import { ended } from './probes/jobs.ts';
import type { Door } from './doors.ts';
import type { Organisation, Thing } from './organisation.ts';
import { thingsOf } from './organisation.ts';
import { may, reaches } from './reference.ts';
import type { Step } from './steps.ts';
import type { World } from './world.ts';

/** Records change hands; contacts go with their customer. */
export const give = (organisation: Organisation, thing: Thing, ownerId: string | undefined): void => {
  const owner = organisation.employees.get(ownerId ?? '');
  thing.ownerId = ownerId;
  if (owner) thing.departmentId = owner.departmentId;
  if (thing.noun !== 'customer') return;
  for (const contact of thingsOf(organisation, 'contact'))
    if (contact.customerId === thing.id)
      Object.assign(contact, { ownerId: thing.ownerId, departmentId: thing.departmentId });
};

const isOpen = ({ organisation }: World, { id }: Thing): boolean =>
  organisation.values.get(id)?.['state'] === 'OPPORTUNITY_STATE_OPEN';

/** Won, lost or invalid: such a deal stays where it was made. */
export const close: Step = async (world) => {
  const { house, random } = world;
  const open = living(world, 'opportunity').filter((deal) => isOpen(world, deal));
  const { pipelines } = await house.admin.get('/v1/pipelines');
  const ends = (pipelines[0].stages as { id: string; category: string }[]).filter(
    ({ category }) => category !== 'STAGE_CATEGORY_OPEN',
  );
  if (!open.length) return 'there is no open deal';
  const [deal, end] = [random.of(open), random.of(ends)];
  const lost = end.category === 'STAGE_CATEGORY_LOST' ? { reason: pipelines[0].lostReasons?.[0] ?? word(world) } : {};
  const { status, body } = await house.admin.ask('POST', `/v1/opportunities/${deal.id}:move`, {
    stageId: end.id,
    ...lost,
  });
  if (status >= 300) return `opportunity ${deal.id} stays open: ${body?.reason}`;
  deal.closed = true;
  return `opportunity ${deal.id} is closed: ${end.category}`;
};

/** A lead becomes a customer with a contact, and a deal where one is asked for: of the lead's owner, or of who converts it. */
export const convert: Step = async (world) => {
  const { house, organisation, random, adminId } = world;
  const open = living(world, 'lead').filter(({ converted }) => !converted);
  const isActive = ({ ownerId }: Thing): boolean => !ownerId || organisation.employees.get(ownerId)!.active;
  const leads = open.filter(isActive);
  if (leads.length < 3) return 'there are too few leads to convert';
  const lead = random.of(leads);
  const createOpportunity = random.chance(0.6);
  const { status, body } = await house.admin.ask('POST', `/v1/leads/${lead.id}:convert`, { createOpportunity });
  if (status >= 300) return `lead ${lead.id} stays: ${body?.reason}`;
  const owner = organisation.employees.get(lead.ownerId ?? adminId)!;
  const common = { ownerId: owner.id, departmentId: owner.departmentId, deleted: false, shares: [] };
  const { customerId, contactId, opportunityId } = body;
  organisation.things.set(customerId, { ...common, noun: 'customer', id: customerId });
  organisation.things.set(contactId, { ...common, shares: [], noun: 'contact', id: contactId, customerId });
  if (opportunityId)
    organisation.things.set(opportunityId, {
      ...common,
      shares: [],
      noun: 'opportunity',
      id: opportunityId,
      customerId,
    });
  lead.converted = true;
  return `lead ${lead.id} becomes customer ${customerId}`;
};

const sessionsOf = ({ doors, organisation }: World): Door[] =>
  doors.filter(({ asker }) => !asker.key && organisation.employees.get(asker.employeeId)?.active);

/** Somebody who may gives everything of a person that is within their reach to another. */
export const transfer: Step = async (world) => {
  const { organisation, random } = world;
  for (const door of [...sessionsOf(world)].sort(() => random.next() - 0.5))
    for (const noun of ['lead', 'customer', 'opportunity'] as const) {
      if (!may(organisation, door.asker, `${noun}.assign`)) continue;
      const within = living(world, noun).filter(
        (thing) => thing.ownerId && reaches(organisation, door.asker, 'assign', thing, Date.now()),
      );
      const [first] = within;
      if (!first) continue;
      const to = random.of(activePeople(world).filter((id) => id !== first.ownerId));
      const service = noun === 'opportunity' ? 'sales' : 'customer';
      const asked = { noun, fromEmployeeId: first.ownerId, toEmployeeId: to };
      const { status, body } = await door.rest('POST', `/v1/${service}/transfers`, asked);
      if (status >= 300) throw new Error(`${door.name} may transfer and cannot: ${status} ${body?.reason}`);
      const { state } = await ended(door, service, body.id);
      if (state !== 'JOB_STATE_DONE') throw new Error(`the transfer of ${door.name} is ${state}`);
      const theirs = within.filter(({ ownerId }) => ownerId === first.ownerId);
      const from = first.ownerId;
      for (const thing of theirs) give(organisation, thing, to);
      return `${door.name} gives ${theirs.length} ${noun}s of ${from} to ${to}`;
    }
  return 'nobody may transfer anything';
};

/** Somebody who may writes a follow-up on what they see. */
export const followUp: Step = async (world) => {
  const { organisation, random } = world;
  for (const door of [...sessionsOf(world)].sort(() => random.next() - 0.5)) {
    if (!may(organisation, door.asker, 'activity.create')) continue;
    const seen = (['lead', 'customer', 'opportunity'] as Entered[])
      .flatMap((noun) => living(world, noun))
      .filter((thing) => !thing.converted && reaches(organisation, door.asker, 'read', thing, Date.now()));
    if (!seen.length) continue;
    const subject = random.of(seen);
    const body = {
      kind: 'ACTIVITY_KIND_NOTE',
      content: word(world),
      subjectNoun: subject.noun,
      subjectId: subject.id,
    };
    const answer = await door.rest('POST', PATHS.activity, body);
    if (answer.status >= 300)
      throw new Error(`${door.name} may write a follow-up and cannot: ${answer.status} ${answer.body?.reason}`);
    const person = organisation.employees.get(door.asker.employeeId)!;
    organisation.things.set(answer.body.id, {
      noun: 'activity',
      id: answer.body.id,
      ownerId: person.id,
      departmentId: person.departmentId,
      deleted: false,
      shares: [],
      subjectNoun: subject.noun,
      subjectId: subject.id,
    });
    return `${door.name} writes a follow-up on ${subject.noun} ${subject.id}`;
  }
  return 'nobody may write a follow-up';
};
