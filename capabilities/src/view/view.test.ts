import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('view');
  host = setting.host;
});

beforeEach(async () => {
  await host.database.sql.deleteFrom('saved_view').execute();
  someone = await host.person({ permissions: { ...everything(), 'saved_view.share': 'ALL' } });
});

afterAll(() => setting.close());

const VIEW = {
  noun: 'lead',
  name: 'Mine',
  filter: 'owner_id = me()',
  orderBy: 'create_time desc',
  columns: ['name', 'phones'],
  layout: 'table',
};
const create = async (view: object = {}, person = someone) =>
  (await person.views.createSavedView({ savedView: { ...VIEW, ...view } })).savedView!;
const list = async (person = someone) => (await person.views.listSavedViews({ noun: 'lead' })).savedViews;

describe('a saved view', () => {
  it('is one’s own unless it is shared', async () => {
    const other = await host.person();
    const [own, shared] = [await create(), await create({ name: 'For all', shared: true })];
    expect((await list()).map(({ id }) => id)).toEqual([own.id, shared.id]);
    expect((await list(other)).map(({ id }) => id)).toEqual([shared.id]);
    await expect(create({ shared: true }, other)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      params: { permission: 'saved_view.share' },
    });
    await expect(other.views.deleteSavedView({ id: own.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(
      other.views.updateSavedView({ id: shared.id, savedView: { ...VIEW, name: 'x' }, updateMask: ['name'] }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await someone.views.deleteSavedView({ id: shared.id });
    expect(await list(other)).toEqual([]);
  });

  it('is the default alone', async () => {
    const [one, two] = [await create({ default: true }), await create({ name: 'Two', default: true })];
    expect((await list()).map(({ id, default: first }) => [id, first])).toEqual([
      [one.id, false],
      [two.id, true],
    ]);
    await someone.views.updateSavedView({ id: one.id, savedView: { ...VIEW, default: true }, updateMask: ['default'] });
    expect((await list()).filter(({ default: first }) => first).map(({ id }) => id)).toEqual([one.id]);
    await Promise.all(Array.from({ length: 10 }, (_, index) => create({ name: `n${index}`, default: true })));
    expect((await list()).filter(({ default: first }) => first)).toHaveLength(1);
  });

  it('changes only where the mask says, and not behind somebody’s back', async () => {
    const { id } = await create({ default: true });
    const { savedView } = await someone.views.updateSavedView({
      id,
      savedView: { ...VIEW, name: 'New', filter: '' },
      updateMask: ['name'],
    });
    expect(savedView).toMatchObject({ name: 'New', filter: VIEW.filter, default: true, version: 2 });
    await expect(
      someone.views.updateSavedView({ id, savedView: { ...VIEW, version: 1 }, updateMask: ['name'] }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(
      someone.views.updateSavedView({ id, savedView: { ...VIEW, noun: 'department' }, updateMask: ['noun'] }),
    ).rejects.toMatchObject({ fields: [{ reason: 'IMMUTABLE' }] });
  });

  it.each([
    ['a filter that cannot be read', { filter: 'name = ' }, 'savedView.filter', 'BAD_FILTER'],
    ['a filter by a field that is none', { filter: 'nme = "x"' }, 'savedView.filter', 'UNKNOWN_FIELD'],
    ['an order that is none', { orderBy: 'name; drop' }, 'savedView.orderBy', 'BAD_ORDER'],
    ['a layout that is none', { layout: 'map' }, 'savedView.layout', 'UNKNOWN_VALUE'],
    ['a noun of another service', { noun: 'opportunity' }, 'savedView.noun', 'UNKNOWN_NOUN'],
    ['no name', { name: '' }, 'savedView.name', 'REQUIRED'],
  ])('is refused with %s', async (_, view, field, reason) => {
    await expect(create(view)).rejects.toMatchObject({ fields: [{ field, reason }] });
  });

  it('opens in the list’s own order once its field is no longer sortable', async () => {
    const field = { noun: 'lead', slug: 'tier', label: 'Tier', kind: 'CUSTOM_FIELD_KIND_TEXT' as const, indexed: true };
    const { customField } = await someone.fields.createCustomField({ customField: field });
    await create({ orderBy: 'custom.tier desc' });
    expect((await list()).map(({ orderBy }) => orderBy)).toEqual(['custom.tier desc']);
    await someone.fields.updateCustomField({
      id: customField!.id,
      customField: { ...field, indexed: false },
      updateMask: ['indexed'],
    });
    expect((await list()).map(({ orderBy }) => orderBy)).toEqual(['']);
  });

  it('is for who may read the noun', async () => {
    const stranger = await host.person({ permissions: {} });
    await expect(create({}, stranger)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    await expect(list(stranger)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});
