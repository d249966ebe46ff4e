import { isOut, mayDo, sample, verdict, type Probe } from '../judge.ts';
import { knowsPromise } from '../reference.ts';

type Promised = { activityId: string };

/** Whom people mean to be in touch with, on the days around today. */
export const promises: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const { organisation, today } = world;
  const [fromDate, untilDate] = [-7, 7].map((days) => Temporal.PlainDate.from(today).add({ days }).toString());
  // The administrator logs the follow-ups here; others have none to tell of.
  const admin = organisation.employees.get(world.adminId)!;
  for (const employee of [admin, ...sample(probing, [...organisation.employees.values()], 1)]) {
    const path = `/v1/promised-contacts?employeeId=${employee.id}&fromDate=${fromDate}&untilDate=${untilDate}`;
    const answer = await door.rest('GET', path);
    const oracle = isOut(probing) ? 'signed out' : mayDo(probing, 'schedule.read') ? 'ok' : 'denied';
    decide('promised contacts', door.name, employee.login, { oracle, product: verdict(answer) });
    if (answer.status !== 200) continue;
    const told = new Set((answer.body.promisedContacts as Promised[]).map(({ activityId }) => activityId));
    for (const { activityId } of (await world.house.admin.get(path)).promisedContacts as Promised[]) {
      const followUp = organisation.things.get(activityId)!;
      decide('promised contacts', door.name, `follow-up ${activityId}`, {
        oracle: knowsPromise(organisation, door.asker, followUp, Date.now()),
        product: told.has(activityId),
      });
    }
  }
};
