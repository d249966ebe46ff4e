import { Lead } from '@pelagic/proto/crm/customer/v1/lead';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everything, LIST, startCustomerService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startCustomerService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let manager: Person;

const create = async (person: Person, fields: object = {}) => {
  const lead = Lead.fromJSON({ name: '王小明', phones: ['13800138000'], ...fields });
  return (await person.leads.createLead({ lead, requestId: '', validateOnly: false })).lead!;
};
const list = (person: Person, fields: object) => person.leads.listLeads({ ...LIST, ...fields });

beforeAll(async () => {
  started = await startCustomerService();
  manager = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

describe('words of a search', () => {
  const found = async (person: Person, query: string) => (await list(person, { query })).leads.map(({ id }) => id);

  it('find by each field that the person may see, and by no other', async () => {
    const lead = await create(manager, {
      name: '欧阳锋',
      company: '白驼山庄',
      phones: ['13612340987'],
      emails: ['ouyang@baituo.example'],
    });
    const clerk = (hidden: string[], masked: string[]) =>
      started.person({ permissions: everything('ALL'), fields: { lead: { hidden, masked } } });
    const words = ['欧阳', '驼', '白驼', lead.number, '13612340987', '12340', 'ouyang@'];
    const finds = async (person: Person) => {
      const hits = await Promise.all(words.map((word) => found(person, word)));
      return words.filter((_, index) => hits[index]!.includes(lead.id));
    };
    expect(await finds(manager)).toEqual(words);
    expect(await finds(await clerk([], ['phones']))).toEqual(['欧阳', '驼', '白驼', lead.number, 'ouyang@']);
    expect(await finds(await clerk(['phones'], ['company']))).toEqual(['欧阳', lead.number, 'ouyang@']);
    expect(await finds(await clerk(['name', 'company', 'number'], ['phones', 'emails']))).toEqual([]);
  });
});

describe('the list', () => {
  it('pages without gaps or repeats, filters, searches two Chinese characters and counts', async () => {
    const person = await started.person({ permissions: everything('OWN') });
    for (let index = 0; index < 23; index += 1)
      await create(person, {
        name: `张三丰${index}`,
        ownerId: person.id,
        source: index % 2 ? 'fair' : '',
        company: `公司${String(index % 5)}`,
      });
    const ids: string[] = [];
    for (let pageToken = ''; ;) {
      const page = await list(person, { pageSize: 5, pageToken, orderBy: 'company desc', count: true });
      expect(page.totalSize).toBe(23);
      ids.push(...page.leads.map(({ id }) => id));
      pageToken = page.nextPageToken;
      if (!pageToken) break;
    }
    expect(new Set(ids).size).toBe(23);
    expect(ids).toHaveLength(23);
    expect(
      (await list(person, { filter: 'source = fair AND (company = "公司1" OR company = "公司3")' })).leads.every(
        ({ source }) => source === 'fair',
      ),
    ).toBe(true);
    expect((await list(person, { filter: 'source = ""', count: true })).totalSize).toBe(12);
    expect((await list(person, { query: '三丰', count: true })).totalSize).toBe(23);
    expect((await list(person, { filter: 'create_time >= today() AND owner_id = me()', count: true })).totalSize).toBe(
      23,
    );
    await expect(list(person, { filter: 'name = ' })).rejects.toMatchObject({
      fields: [{ field: 'filter', reason: 'BAD_FILTER' }],
    });
    await expect(list(person, { pageToken: 'nonsense' })).rejects.toMatchObject({ fields: [{ field: 'pageToken' }] });
  });
});
