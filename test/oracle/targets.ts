import { activePeople } from './entering.ts';
import type { Thing } from './organisation.ts';
import type { World } from './world.ts';

/** First day of the month that is so many after this one: a person who moves takes along what is to come. */
const monthAfter = (today: string, months: number): string =>
  Temporal.PlainDate.from(today).with({ day: 1 }).add({ months }).toString();

/** Targets of people and departments, each of a month of its own, that the administrator sets. */
export const setTargetsOf = async (world: World, count: number): Promise<void> => {
  const { house, organisation, random, today } = world;
  for (let index = 0; index < count; index += 1) {
    const owner = random.chance(0.7) ? organisation.employees.get(random.of(activePeople(world)))! : undefined;
    const departmentId = owner?.departmentId ?? random.of([...organisation.departments.keys()]);
    const { targets } = await house.admin.post('/v1/targets:set', {
      measure: random.of(['TARGET_MEASURE_CONTRACT_AMOUNT', 'TARGET_MEASURE_RECEIPTS']),
      months: [
        {
          ...(owner ? { employeeId: owner.id } : { departmentId }),
          month: monthAfter(today, index),
          amount: `${1 + random.below(9_000)}.5`,
        },
      ],
    });
    const thing: Thing = {
      ...{ noun: 'target', id: targets[0].id, ownerId: owner?.id, departmentId },
      ...{ deleted: false, shares: [] },
    };
    organisation.things.set(thing.id, thing);
  }
};
