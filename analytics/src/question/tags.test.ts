import { afterAll, beforeAll, expect, it } from 'vitest';
import { asking, BOSS, openHouse, type House } from '../testing/house.ts';
import { DEPARTMENTS, PEOPLE } from '../testing/enterprise.ts';
import { storyteller } from '../testing/story.ts';

let house: House;
let ask: ReturnType<typeof asking>;

beforeAll(async () => {
  house = await openHouse('tags');
  ask = asking(house);
});
afterAll(() => house?.close());

it('figures by tag count a record with several under each, by the names that the tags have now', async () => {
  const story = storyteller();
  const at = { at: '2026-05-06T04:00:00Z', date: '2026-05-06' };
  const tag = (name: string) => story.create('crm.customer.tag.created.v1', { name, service: 'customer' }, at);
  const [vip, fair] = [tag('Vip'), tag('Fair')];
  const owned = { state: 'LEAD_STATE_NEW', ownerId: PEOPLE.ann, departmentId: DEPARTMENTS.alpha };
  const enter = (name: string, tagIds: string[]) =>
    story.create('crm.customer.lead.created.v1', { ...owned, name, tagIds }, at);
  enter('both', [vip, fair]);
  enter('one', [vip]);
  enter('none', []);
  story.change('crm.customer.tag.updated.v1', vip, { name: 'VIP' }, at);
  story.change('crm.customer.lead.updated.v1', enter('later', []), { tagIds: [fair] }, at);
  await house.tell(story.told);
  const question = { cube: 'lead', measures: ['new_count'], period: { fromDate: '2026-01-01', toDate: '2026-12-31' } };
  const { rows, totals } = await ask(BOSS, { ...question, dimensions: ['tags'], orderBy: 'tags' });
  const told = rows.map(({ labels, cells }) => [labels[0], cells[0]!.value]);
  expect(told.toSorted()).toEqual([
    ['', '1'],
    ['Fair', '2'],
    ['VIP', '2'],
  ]);
  expect(totals[0]!.value).toBe('4');
  const ofFair = await ask(BOSS, { ...question, filters: [{ dimension: 'tags', values: [fair] }] });
  expect(ofFair.totals[0]!.value).toBe('2');
});
