import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host, HostPerson } from '../testing/host.ts';
import { openSetting } from '../testing/setting.ts';

let setting: Awaited<ReturnType<typeof openSetting>>;
let host: Host;
let someone: HostPerson;

beforeAll(async () => {
  setting = await openSetting('audit');
  host = setting.host;
});

beforeEach(async () => {
  for (const table of ['outbox', 'audit_waiting', 'custom_field']) await host.database.sql.deleteFrom(table).execute();
  host.audited.length = 0;
  someone = await host.person();
});

afterAll(() => setting.close());

describe('what an entry of the audit trail is about', () => {
  it('is what changed, before and after, with its name; of a refusal, what was asked', async () => {
    const level = { noun: 'lead', slug: 'level', label: 'Level', kind: 'CUSTOM_FIELD_KIND_TEXT' as const };
    const { customField } = await someone.fields.createCustomField({ customField: level });
    const { id } = customField!;
    const update = (changes: object, ...updateMask: string[]) =>
      someone.fields.updateCustomField({ id, customField: { ...level, ...changes }, updateMask });
    await update({ help: 'How high', required: true }, 'help', 'required');
    await expect(update({ version: 9, label: 'Height' }, 'label')).rejects.toMatchObject({ code: 'ABORTED' });
    await host.audit.part.stop();
    const [created, updated, refused] = host.audited.map(({ detail, ...entry }) => ({
      ...entry,
      detail: JSON.parse(detail),
    }));
    expect(created).toMatchObject({ recordId: id, detail: { after: { label: 'Level', slug: 'level' } } });
    expect(updated).toMatchObject({ action: 'update_custom_field', noun: 'custom_field', recordId: id, outcome: 'ok' });
    expect(updated!.detail).toEqual({
      name: 'Level',
      before: { help: '', required: false },
      after: { help: 'How high', required: true },
    });
    expect(refused).toMatchObject({ recordId: id, outcome: 'VERSION_STALE' });
    expect(refused!.detail.customField).toEqual({ label: 'Height' });
  });

  it('is told by the permission of the rpc where the request does not say it', async () => {
    await someone.fields.createCustomField({
      customField: { noun: 'lead', slug: 'level', label: 'Level', kind: 'CUSTOM_FIELD_KIND_TEXT' },
    });
    await host.audit.part.stop();
    expect(host.audited).toMatchObject([{ action: 'create_custom_field', noun: 'custom_field' }]);
  });
});
