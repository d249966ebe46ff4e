import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';
import { indexField, indexName } from './index-work.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('custom_field');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['lead', 'outbox', 'custom_field']) await host.database.sql.deleteFrom(table).execute();
  someone = await host.person();
});

afterAll(() => setting.close());

const TEXT = { noun: 'lead', slug: 'hobby', label: '爱好', labelEn: 'Hobby', kind: 'CUSTOM_FIELD_KIND_TEXT' as const };
const CHOICE = {
  noun: 'lead',
  slug: 'tier',
  label: '等级',
  kind: 'CUSTOM_FIELD_KIND_CHOICE' as const,
  choices: [
    { slug: 'gold', label: '金' },
    { slug: 'silver', label: '银' },
  ],
};

const create = async (customField: Record<string, unknown>) =>
  (await someone.fields.createCustomField({ customField })).customField!;
const update = async (id: string, customField: Record<string, unknown>, updateMask: string[]) =>
  (await someone.fields.updateCustomField({ id, customField: { ...TEXT, ...customField } as never, updateMask }))
    .customField!;

describe('a definition', () => {
  it('is created, listed in its order and told to others', async () => {
    const [one, two] = [await create(TEXT), await create(CHOICE)];
    expect(
      (await someone.fields.listCustomFields({ noun: 'lead' })).customFields.map(({ id, position }) => [id, position]),
    ).toEqual([
      [one.id, 1],
      [two.id, 2],
    ]);
    const changed = await update(one.id, { label: '兴趣', version: 1 }, ['label']);
    expect(changed).toMatchObject({ label: '兴趣', labelEn: 'Hobby', version: 2 });
    expect(await update(one.id, { label: '兴趣' }, ['label'])).toMatchObject({ version: 2 });
    const events = (await host.database.sql
      .selectFrom('outbox')
      .selectAll()
      .where('record_id', '=', one.id)
      .orderBy('seq')
      .execute()) as any[];
    expect(events.map(({ subject, version }) => [subject, version])).toEqual([
      ['crm.customer.custom_field.defined.v1', 1],
      ['crm.customer.custom_field.defined.v1', 2],
    ]);
    expect(events[1].event.data).toMatchObject({
      customField: { slug: 'hobby', label: '兴趣' },
      before: { label: '爱好' },
    });
    await expect(update(one.id, { version: 1, label: 'x' }, ['label'])).rejects.toMatchObject({
      code: 'ABORTED',
      reason: 'VERSION_STALE',
    });
  });

  it.each<[string, Record<string, unknown>, string, string]>([
    ['a slug that the noun has', { ...TEXT, slug: 'company' }, 'slug', 'SLUG_TAKEN'],
    ['one that it has under another spelling', { ...TEXT, slug: 'next_contact_date' }, 'slug', 'SLUG_TAKEN'],
    ['a slug that is none', { ...TEXT, slug: '1; drop' }, 'slug', 'BAD_FORMAT'],
    ['a noun without custom fields', { ...TEXT, noun: 'department' }, 'noun', 'UNKNOWN_NOUN'],
    ['a choice without choices', { ...CHOICE, choices: [] }, 'choices', 'REQUIRED'],
    [
      'the same choice twice',
      { ...CHOICE, choices: [CHOICE.choices[0], CHOICE.choices[0]] },
      'choices[0].slug',
      'DUPLICATE',
    ],
    [
      'two choices that look alike',
      { ...CHOICE, choices: [CHOICE.choices[0], { slug: 'other', label: ' 金' }] },
      'choices[0].label',
      'DUPLICATE',
    ],
    ['choices of a text', { ...TEXT, choices: CHOICE.choices }, 'choices', 'NOT_A_CHOICE'],
  ])('is refused with %s', async (_, field, path, reason) => {
    await expect(create(field)).rejects.toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ field: `customField.${path}`, reason })]),
    });
  });

  it('keeps slug, kind and every choice that was ever given', async () => {
    const { id } = await create(CHOICE);
    await expect(create(CHOICE)).rejects.toMatchObject({
      fields: expect.arrayContaining([expect.objectContaining({ field: 'customField.slug', reason: 'DUPLICATE' })]),
    });
    await expect(update(id, { ...CHOICE, slug: 'other' }, ['slug'])).rejects.toMatchObject({
      fields: [{ field: 'customField.slug', reason: 'IMMUTABLE' }],
    });
    await expect(update(id, { ...CHOICE, kind: 'CUSTOM_FIELD_KIND_CHOICES' }, ['kind'])).rejects.toMatchObject({
      fields: [{ field: 'customField.kind', reason: 'IMMUTABLE' }],
    });
    await expect(update(id, { ...CHOICE, choices: [CHOICE.choices[0]] }, ['choices'])).rejects.toMatchObject({
      fields: [{ field: 'customField.choices', reason: 'CHOICE_MISSING' }],
    });
    const retired = await update(
      id,
      { ...CHOICE, choices: [CHOICE.choices[0], { ...CHOICE.choices[1], retired: true }] },
      ['choices'],
    );
    expect(retired.choices.map(({ slug, retired: gone }) => [slug, gone])).toEqual([
      ['gold', false],
      ['silver', true],
    ]);
  });

  it('is defined once by two who do it at once', async () => {
    const results = await Promise.allSettled([create(TEXT), create(TEXT), create(TEXT)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('is not shown to roles that do not see the field, nor changed by who may not', async () => {
    await create(TEXT);
    const clerk = await host.person({
      permissions: { 'lead.read': 'ALL' },
      fields: { lead: { hidden: ['custom.hobby'] } },
    });
    expect((await clerk.fields.listCustomFields({ noun: 'lead' })).customFields).toEqual([]);
    await expect(clerk.fields.createCustomField({ customField: CHOICE })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});

describe('a sortable field', () => {
  const exists = async (slug: string) =>
    (await sql`select 1 from pg_indexes where indexname = ${indexName('lead', slug)}`.execute(host.database.sql)).rows
      .length > 0;

  it('gets an index, and loses it when it is retired', async () => {
    const kinds = ['TEXT', 'NUMBER', 'MONEY', 'DATE', 'EMPLOYEE'] as const;
    for (const kind of kinds) {
      const slug = `f_${kind.toLowerCase()}`;
      const { id } = await create({ ...TEXT, slug, label: slug, kind: `CUSTOM_FIELD_KIND_${kind}`, indexed: true });
      await indexField(host.database, { noun: 'lead', slug });
      await indexField(host.database, { noun: 'lead', slug });
      expect(await exists(slug)).toBe(true);
      await update(id, { retired: true }, ['retired']);
      await indexField(host.database, { noun: 'lead', slug });
      expect(await exists(slug)).toBe(false);
    }
  });

  it('is one of ten', async () => {
    for (let index = 0; index < 10; index += 1)
      await create({ ...TEXT, slug: `f${index}`, label: `f${index}`, indexed: true });
    await expect(create({ ...TEXT, indexed: true })).rejects.toMatchObject({
      fields: [{ field: 'customField.indexed', reason: 'TOO_MANY' }],
    });
  });

  it('has a name that PostgreSQL does not cut', () => {
    const [one, two] = [indexName('opportunity', `${'a'.repeat(59)}x`), indexName('opportunity', `${'a'.repeat(59)}y`)];
    expect(one).not.toBe(two);
    expect(one.length).toBeLessThanOrEqual(63);
  });
});
