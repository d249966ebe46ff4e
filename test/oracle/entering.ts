import { bringAgreed } from '../mesh/agreed.ts';
import type { Thing } from './organisation.ts';
import { thingsOf } from './organisation.ts';
import type { World } from './world.ts';

/** How many words were made up so far: each stands in one field of one record. */
export type Entering = { count: number };

/** In the order in which they can be entered. */
export const NOUNS = [
  'lead',
  'customer',
  'contact',
  'opportunity',
  'contract',
  'receipt',
  'campaign',
  'task',
  'ticket',
  'schedule',
  'activity',
] as const;
export type Entered = (typeof NOUNS)[number];

const PATHS: Record<Entered, string> = {
  lead: '/v1/leads',
  customer: '/v1/customers',
  contact: '/v1/contacts',
  opportunity: '/v1/opportunities',
  contract: '/v1/contracts',
  receipt: '/v1/receipts',
  campaign: '/v1/campaigns',
  task: '/v1/tasks',
  ticket: '/v1/tickets',
  schedule: '/v1/schedules',
  activity: '/v1/activities',
};

/** So many contracts hold, for receipts to be of. */
const AGREED = 3;

/** A word that nothing else holds. */
const word = ({ entering }: World): string => `zq${(entering.count += 1).toString(36).padStart(4, '0')}`;
const phone = ({ entering }: World): string => `138${String(10_000_000 + (entering.count += 1))}`;
const mail = (world: World): string => `${word(world)}@example.com`;

const activePeople = ({ organisation }: World): string[] =>
  [...organisation.employees.values()].filter(({ active }) => active).map(({ id }) => id);

const living = (world: World, noun: string): Thing[] =>
  thingsOf(world.organisation, noun).filter(({ deleted }) => !deleted);

const texts = (world: World, fields: string[]): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field, word(world)]));

const reachedAt = (world: World) => ({ phones: [phone(world)], emails: [mail(world)] });
const custom = (world: World) => ({ custom: { tier: { text: word(world) } } });

/** The fields of a new record; a word of its own in each text, so that a search by it means one record. */
const bodyOf = (world: World, noun: Entered): Record<string, unknown> => {
  const { random, organisation, today } = world;
  const ownerId = random.of(activePeople(world));
  switch (noun) {
    case 'lead': {
      const owned = random.chance(0.75)
        ? { ownerId }
        : { departmentId: random.of([...organisation.departments.keys()]) };
      const promise = random.chance(0.5) ? { nextContactDate: today } : {};
      return {
        ...texts(world, ['name', 'company', 'title', 'source', 'industry', 'region', 'address', 'note']),
        ...reachedAt(world),
        ...custom(world),
        ...owned,
        ...promise,
      };
    }
    case 'customer':
      return {
        ...texts(world, [
          'name',
          'shortName',
          'taxId',
          'industry',
          'region',
          'address',
          'size',
          'level',
          'source',
          'note',
        ]),
        ...reachedAt(world),
        ...custom(world),
        ownerId,
        ...(random.chance(0.5) && { nextContactDate: today }),
      };
    case 'contact':
      return {
        ...texts(world, ['name', 'title', 'departmentName', 'decisionRole', 'note']),
        ...reachedAt(world),
        ...custom(world),
        customerId: random.of(living(world, 'customer')).id,
      };
    case 'opportunity':
      return {
        ...texts(world, ['name', 'source', 'competitor', 'nextStep', 'note']),
        ...custom(world),
        customerId: random.of(living(world, 'customer')).id,
        amount: { amount: `${1 + random.below(9_000)}.5`, currency: 'CNY' },
        expectedCloseDate: today,
        ownerId,
      };
    case 'contract':
      return {
        ...texts(world, ['name', 'ourSigner', 'customerSigner', 'note']),
        ...custom(world),
        customerId: random.of(living(world, 'customer')).id,
        amount: { amount: `${1 + random.below(9_000)}.5`, currency: 'CNY' },
        signDate: today,
        ownerId,
      };
    case 'receipt':
      return {
        ...texts(world, ['bankRef', 'payer', 'note']),
        method: random.of(['RECEIPT_METHOD_TRANSFER', 'RECEIPT_METHOD_CASH']),
        amount: { amount: `${1 + random.below(900)}.5` },
        receiveDate: today,
        contractId: random.of(living(world, 'contract').filter(({ settled }) => settled)).id,
      };
    case 'campaign':
      return {
        ...texts(world, ['name', 'note']),
        ...custom(world),
        kind: random.of(['CAMPAIGN_KIND_EMAIL', 'CAMPAIGN_KIND_EVENT']),
        budget: { amount: `${1 + random.below(9_000)}.5`, currency: 'CNY' },
        ownerId,
      };
    case 'task':
      return {
        ...texts(world, ['name', 'note']),
        ...custom(world),
        priority: random.of(['TASK_PRIORITY_LOW', 'TASK_PRIORITY_HIGH']),
        participantIds: random.some(activePeople(world), 0.2),
        ...(random.chance(0.5) && { dueDate: today }),
        ownerId,
      };
    case 'ticket':
      return { ...texts(world, ['name', 'description']), ownerId };
    case 'schedule': {
      // Ahead, so that it goes along with its owner.
      const start = Date.now() + (1 + random.below(30)) * 86_400_000;
      return {
        ...texts(world, ['name', 'place', 'note']),
        ...custom(world),
        startTime: new Date(start).toISOString(),
        endTime: new Date(start + 3_600_000).toISOString(),
        participantIds: random.some(activePeople(world), 0.2),
        ownerId,
      };
    }
    case 'activity': {
      const subject = random.of(['lead', 'customer', 'opportunity'].flatMap((each) => living(world, each)));
      return {
        kind: random.of(['ACTIVITY_KIND_CALL', 'ACTIVITY_KIND_VISIT', 'ACTIVITY_KIND_NOTE']),
        content: word(world),
        subjectNoun: subject.noun,
        subjectId: subject.id,
        ...(random.chance(0.5) && { nextContactDate: today }),
      };
    }
  }
};

/** Receipts are of contracts that hold: one is brought in from the past while there are few. */
const agree = async (world: World): Promise<void> => {
  const { house, organisation, random } = world;
  if (living(world, 'contract').filter(({ settled }) => settled).length >= AGREED) return;
  const owner = organisation.employees.get(random.of(activePeople(world)))!;
  const customerId = random.of(living(world, 'customer')).id;
  const amount = `${1 + random.below(9_000)}.5`;
  const id = await bringAgreed(house.admin, {
    ...{ name: word(world), customerId, amount },
    ownerId: owner.id,
    signDate: world.today,
  });
  const { departmentId, id: ownerId } = owner;
  const common = { ownerId, departmentId, deleted: false, shares: [], customerId, settled: true };
  organisation.things.set(id, { noun: 'contract', id, ...common });
};

/** A record that the administrator enters for somebody. */
export const enter = async (world: World, noun: Entered): Promise<Thing> => {
  const { house, organisation } = world;
  if (noun === 'receipt') await agree(world);
  const body = bodyOf(world, noun);
  const saved = await house.admin.post(PATHS[noun], body);
  const owner = organisation.employees.get((body['ownerId'] as string) ?? '');
  const admin = [...organisation.employees.values()].find(({ login }) => login === 'admin')!;
  const customer = organisation.things.get((body['customerId'] as string) ?? '');
  const contract = organisation.things.get((body['contractId'] as string) ?? '');
  // Seen with another record, whose owner is theirs.
  const on = noun === 'contact' ? customer : contract;
  const thing: Thing = {
    noun,
    id: saved.id,
    ownerId: noun === 'activity' ? admin.id : on ? on.ownerId : owner?.id,
    departmentId:
      noun === 'activity'
        ? admin.departmentId
        : on
          ? on.departmentId
          : (owner?.departmentId ?? (body['departmentId'] as string)),
    deleted: false,
    shares: [],
    ...(customer && { customerId: customer.id }),
    ...((noun === 'task' || noun === 'schedule') && { participantIds: body['participantIds'] as string[] }),
    ...(contract && { contractId: contract.id }),
    ...(noun === 'activity' && {
      subjectNoun: body['subjectNoun'] as string,
      subjectId: body['subjectId'] as string,
    }),
  };
  organisation.things.set(thing.id, thing);
  return thing;
};

export { activePeople, living, word, PATHS };
