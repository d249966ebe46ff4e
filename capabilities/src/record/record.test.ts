import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { connect } from '@pelagic/chassis/client';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { runAs } from '@pelagic/chassis/testing/callers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lead } from '../testing/nouns.ts';
import { everything, type Host, type HostPerson } from '../testing/host.ts';
import { addLeads, finish, openSetting } from '../testing/setting.ts';
import { changeRecord } from './records.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('record');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['lead', 'history', 'outbox', 'job', 'audit_waiting', 'custom_field'])
    await host.database.sql.deleteFrom(table).execute();
  host.audited.length = 0;
  someone = await host.person();
});

afterAll(() => setting.close());

const change = async (id: string, changes: object) =>
  finish(
    host,
    someone,
    await someone.jobs.startBulkEdit({
      noun: 'lead',
      records: [{ id, version: 0 }],
      action: 'update',
      changes: JSON.stringify(changes),
    }),
  );

describe('the history of a record', () => {
  it('is every change, newest first, and how it came into being', async () => {
    await someone.fields.createCustomField({
      customField: { noun: 'lead', slug: 'tier', label: 'Tier', kind: 'CUSTOM_FIELD_KIND_TEXT' },
    });
    const [id] = await addLeads(host, 1, () => ({ creator_id: someone.id, source: 'web', note: 'first' }));
    await change(id!, { source: 'fair', custom: { tier: { text: 'gold' } } });
    await change(id!, { source: 'mail' });
    const { entries, nextPageToken } = await someone.records.listHistory({ noun: 'lead', recordId: id! });
    expect(nextPageToken).toBe('');
    expect(
      entries.map(({ event, version, actorId, changes }) => [
        event,
        version,
        actorId,
        changes.filter(({ field }) => ['source', 'custom.tier', 'note'].includes(field)),
      ]),
    ).toEqual([
      ['crm.customer.lead.updated.v1', 3, someone.id, [{ field: 'source', before: '"fair"', after: '"mail"' }]],
      [
        'crm.customer.lead.updated.v1',
        2,
        someone.id,
        [
          { field: 'source', before: '"web"', after: '"fair"' },
          { field: 'custom.tier', before: 'null', after: '{"text":"gold"}' },
        ],
      ],
      [
        'crm.customer.lead.created.v1',
        1,
        someone.id,
        [
          { field: 'source', before: 'null', after: '"web"' },
          { field: 'note', before: 'null', after: '"first"' },
        ],
      ],
    ]);
  });

  it('is paged', async () => {
    const [id] = await addLeads(host, 1, () => ({}));
    for (const source of ['a', 'b', 'c']) await change(id!, { source });
    const versions: number[] = [];
    let pageToken = '';
    do {
      const page = await someone.records.listHistory({ noun: 'lead', recordId: id!, pageSize: 2, pageToken });
      versions.push(...page.entries.map(({ version }) => version));
      ({ nextPageToken: pageToken } = page);
    } while (pageToken);
    expect(versions).toEqual([4, 3, 2, 1]);
  });

  it('hides what is hidden, and says of what is masked only that it changed', async () => {
    const clerk = await host.person({ fields: { lead: { hidden: ['source'], masked: ['phones'] } } });
    const [id] = await addLeads(host, 1, () => ({}));
    await change(id!, { source: 'fair', phones: ['13911112222'], note: 'x' });
    const { entries } = await clerk.records.listHistory({ noun: 'lead', recordId: id! });
    expect(entries[0]?.changes).toEqual([
      { field: 'phones', before: '', after: '' },
      { field: 'note', before: '""', after: '"x"' },
    ]);
    expect(JSON.stringify(entries)).not.toContain('138');
  });

  it.each(['hidden', 'masked'])('tells no reason that stands in a field that is %s', async (how) => {
    const clerk = await host.person({ fields: { lead: { [how]: ['stateReason'] } } });
    const [id] = await addLeads(host, 1, () => ({}));
    const by = await host.callers.identify(someone.token);
    await runAs(by, () =>
      host.database.transact(async (tx) => {
        const act = (verb: string, reason: string, values: object) =>
          changeRecord(tx, lead, id!, by, { action: 'update', verb, reason }, (row) => void Object.assign(row, values));
        await act('state_changed', ' Wrong number ', { state: 'LEAD_STATE_INVALID', state_reason: 'Wrong number' });
        await act('assigned', 'Hers now', { owner_id: clerk.id });
      }),
    );
    const versions = [2, 3].map((version) => ({ noun: 'lead', recordId: id!, version }));
    const reasons = async (person: HostPerson) => [
      (await person.records.listHistory({ noun: 'lead', recordId: id! })).entries.map(({ reason }) => reason),
      (await person.records.listChanges({ versions })).versions.map(({ reason }) => reason).toSorted(),
    ];
    expect(await reasons(someone)).toEqual([
      ['Hers now', ' Wrong number ', ''],
      [' Wrong number ', 'Hers now'],
    ]);
    expect(await reasons(clerk)).toEqual([
      ['Hers now', '', ''],
      ['', 'Hers now'],
    ]);
  });

  it('is for who may see the record', async () => {
    const clerk = await host.person({ permissions: { 'lead.read': 'OWN' } });
    const [id] = await addLeads(host, 1, () => ({ owner_id: someone.id }));
    await expect(clerk.records.listHistory({ noun: 'lead', recordId: id! })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await expect(someone.records.listHistory({ noun: 'opportunity', recordId: id! })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});

describe('what changed with versions of many records', () => {
  it('is told at once, of records and fields that the caller may see', async () => {
    const clerk = await host.person({ permissions: { 'lead.read': 'OWN' }, fields: { lead: { masked: ['phones'] } } });
    const [hers, also, others] = await addLeads(host, 3, (index) => ({ owner_id: index < 2 ? clerk.id : someone.id }));
    for (const id of [hers!, also!, others!])
      for (const note of ['x', 'y']) await change(id, { phones: ['13911112222'], note });
    const of = (recordId: string, version: number, noun = 'lead') => ({ noun, recordId, version });
    const asked = [of(hers!, 1), of(hers!, 2), of(also!, 3), of(others!, 2), of(uuidv7(), 2)];
    const told = async (person: HostPerson) =>
      new Map(
        (await person.records.listChanges({ versions: asked })).versions.map(({ recordId, version, changes }) => [
          `${recordId}/${version}`,
          changes,
        ]),
      );
    expect(await told(clerk)).toEqual(
      new Map([
        [
          `${hers}/2`,
          [
            { field: 'phones', before: '', after: '' },
            { field: 'note', before: '""', after: '"x"' },
          ],
        ],
        [`${also}/3`, [{ field: 'note', before: '"x"', after: '"y"' }]],
      ]),
    );
    expect((await told(someone)).has(`${others}/2`)).toBe(true);
    const nobody = await host.person({ permissions: {} });
    expect((await told(nobody)).size).toBe(0);
    await expect(someone.records.listChanges({ versions: [of(hers!, 1, 'contact')] })).rejects.toMatchObject({
      fields: [{ field: 'noun', reason: 'UNKNOWN_NOUN' }],
    });
  });
});

describe('a masked value', () => {
  it('is revealed to who may, after it was written down', async () => {
    const clerk = await host.person({
      permissions: everything(),
      fields: { lead: { masked: ['phones'], hidden: ['company'] } },
    });
    const [id] = await addLeads(host, 1, () => ({ company: 'x' }));
    const ask = { noun: 'lead', recordId: id!, field: 'phones', reason: 'Customer calls back' };
    expect(JSON.parse((await clerk.records.revealField(ask)).value)).toEqual(['13800000000']);
    await expect(clerk.records.revealField({ ...ask, field: 'name' })).rejects.toMatchObject({ reason: 'NOT_MASKED' });
    await expect(clerk.records.revealField({ ...ask, field: 'company' })).rejects.toMatchObject({
      fields: [{ field: 'field', reason: 'UNKNOWN_FIELD' }],
    });
    await expect(clerk.records.revealField({ ...ask, reason: '' })).rejects.toMatchObject({
      fields: [{ field: 'reason', reason: 'REQUIRED' }],
    });
    await host.audit.part.stop();
    expect(host.audited.filter(({ outcome }) => outcome === 'ok')).toMatchObject([
      {
        action: 'reveal_field',
        actorId: clerk.id,
        noun: 'lead',
        recordId: id,
        reason: 'Customer calls back',
        detail: '{"field":"phones"}',
      },
    ]);
    expect(host.audited).toHaveLength(4);
    expect(JSON.stringify(host.audited)).not.toContain('13800000000');
  });

  it('stays masked for who may not', async () => {
    const clerk = await host.person({
      permissions: { 'lead.read': 'ALL', 'lead.reveal': 'OWN' },
      fields: { lead: { masked: ['phones'] } },
    });
    const [id] = await addLeads(host, 1, () => ({}));
    await expect(
      clerk.records.revealField({ noun: 'lead', recordId: id!, field: 'phones', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const guest = await host.person({ permissions: { 'lead.read': 'ALL' }, fields: { lead: { masked: ['phones'] } } });
    await expect(
      guest.records.revealField({ noun: 'lead', recordId: id!, field: 'phones', reason: 'x' }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });
});

describe('which records somebody may see', () => {
  it('is told of ids, whatever else is asked', async () => {
    const clerk = await host.person({ permissions: { 'lead.read': 'OWN' } });
    const [own, foreign] = await addLeads(host, 2, (index) => ({ owner_id: index ? someone.id : clerk.id }));
    expect(
      await clerk.records.filterVisible({ noun: 'lead', ids: [own!, foreign!, uuidv7(), "'; drop table lead"] }),
    ).toEqual({ ids: [own] });
    const lead = await host.person({
      permissions: { 'lead.read': ['SUBORDINATES', 'DEPARTMENT'] },
      subordinateIds: [clerk.id],
    });
    const [near] = await addLeads(host, 1, () => ({ department_id: host.people.get(lead.id)!.departmentId }));
    expect((await lead.records.filterVisible({ noun: 'lead', ids: [own!, foreign!, near!] })).ids.toSorted()).toEqual(
      [own!, near!].toSorted(),
    );
    const nobody = await host.person({ permissions: {} });
    expect(await nobody.records.filterVisible({ noun: 'lead', ids: [own!] })).toEqual({ ids: [] });
  });
});

describe('for other services', () => {
  it('a snapshot holds every record with its version, the deleted ones too', async () => {
    const ids = await addLeads(host, 1_201, (index) => ({
      version: index + 1,
      ...(index === 5 && { delete_time: new Date() }),
    }));
    const token = await host.callers.serviceToken('sales');
    const records = connect(RecordServiceService, host.address());
    const found = new Map<string, { version: number; state: string }>();
    let pages = 0;
    for await (const page of records.exportSnapshot({ service: 'customer', noun: 'lead' }, { token })) {
      pages += 1;
      for (const record of page.records) found.set(record.id, record);
    }
    expect([pages, found.size]).toEqual([3, 1_201]);
    expect(found.get(ids[5]!)?.version).toBe(6);
    expect(JSON.parse(found.get(ids[5]!)!.state)).toMatchObject({
      id: ids[5],
      name: 'lead 5',
      deleteTime: expect.any(String),
    });
    expect(
      (await records.getState({ service: 'customer', noun: 'lead', id: ids[0]! }, { token })).record,
    ).toMatchObject({ id: ids[0], version: 1 });
    expect(
      (await records.getState({ service: 'customer', noun: 'lead', id: uuidv7() }, { token })).record,
    ).toBeUndefined();
    await expect(someone.records.getState({ noun: 'lead', id: ids[0]! })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
  });
});
