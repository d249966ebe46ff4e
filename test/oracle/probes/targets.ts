import { isOut, living, mayDo, sample, sees, verdict, type Probe, type Probing } from '../judge.ts';
import type { Thing } from '../organisation.ts';
import { isWritable } from '../reference.ts';

/** No target is at this version: who may set it is told that it is stale, and nothing changes. */
const NEVER = 999_999;

const settingOf = (probing: Probing, thing: Thing): string => {
  const { world, door } = probing;
  if (isOut(probing)) return 'signed out';
  if (!mayDo(probing, 'target.set')) return 'denied';
  if (!isWritable(world.organisation, door.asker, 'target', 'amount')) return 'refused';
  // Whose a target would be is no secret: nobody is told that they do not know it.
  return sees(probing, thing, 'set') ? 'stale' : 'denied';
};

/** Whose targets one may set, by month and by year. */
export const settings: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const thing of sample(probing, living(probing, 'target'), 4)) {
    const { measure, month, amount } = world.organisation.values.get(thing.id)!;
    const whose = thing.ownerId ? { employeeId: thing.ownerId } : { departmentId: thing.departmentId };
    const next = { ...whose, month, amount: String(Number(amount.amount) + 1), version: NEVER };
    decide('targets', door.name, `set ${thing.id}`, {
      oracle: settingOf(probing, thing),
      product: verdict(await door.rest('POST', '/v1/targets:set', { measure, months: [next] })),
    });
    // What nobody may own is refused before anything is written, and who may not set it is denied before that.
    const split = { measure, ...whose, firstMonth: month, total: '-1', split: 'TARGET_SPLIT_EVEN' };
    const setting = settingOf(probing, thing);
    decide('targets', door.name, `split ${thing.id}`, {
      oracle: setting === 'stale' ? 'refused' : setting,
      product: verdict(await door.rest('POST', '/v1/targets:split', split)),
    });
  }
};
