import type { AuditNote } from '@pelagic/capabilities/audit/audit';
import { ExportRowsRequest } from '@pelagic/proto/crm/analytics/v1/analytics';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { PEOPLE, smallEnterprise } from '../testing/enterprise.ts';
import { BOSS, openHouse, reader, type House } from '../testing/house.ts';
import { exportRows } from './export-rows.ts';

const YEAR = { fromDate: '2026-01-01', toDate: '2026-12-31' };
const EVERYTHING = { 'opportunity.read': 'ALL', 'customer.read': 'ALL', 'opportunity.export': 'ALL' } as const;

let house: House;
let noted: AuditNote[];

beforeAll(async () => {
  house = await openHouse('export');
  await house.tell(smallEnterprise().told);
});
afterAll(() => house?.close());
beforeEach(() => {
  noted = [];
});

const exporting = (request: Record<string, unknown>, caller = reader(EVERYTHING)) => {
  const audit = { note: async (_: unknown, __: unknown, note: AuditNote) => void noted.push(note) };
  const { engine, directory, database } = house;
  return exportRows(
    { engine, directory: directory.now(), database, audit },
    caller,
    ExportRowsRequest.fromJSON(request),
  );
};
const created = {
  noun: 'opportunity',
  figure: { question: { cube: 'opportunity', measures: ['new_amount'], period: YEAR }, measure: 'new_amount' },
};
const valuesOf = (content: string): number[] =>
  content
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => Number(line.split(',').at(-1)));

it('writes every row of a figure to a file, and down who took them', async () => {
  const { content, rows, fileName } = await exporting(created);
  expect(content.startsWith('\uFEFFNumber,Name,Customer,Owner,Date,Counts\r\n')).toBe(true);
  expect(valuesOf(content)).toHaveLength(rows);
  expect(fileName).toMatch(/^opportunity-\d{4}-\d\d-\d\d\.csv$/);
  expect(noted).toMatchObject([
    { action: 'export', noun: 'opportunity', detail: { rows, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ]);
});

it('writes no names of customers for who has them masked', async () => {
  expect((await exporting(created)).content).toContain(',Acme,');
  const blind = reader(EVERYTHING, { fields: { customer: { masked: ['name'] } } });
  expect((await exporting(created, blind)).content).not.toContain('Acme');
});

it('is for who may see figures', async () => {
  const caller = reader(EVERYTHING);
  caller.grants!.permissions.delete('analytics.read');
  await expect(exporting(created, caller)).rejects.toMatchObject({
    code: 'PERMISSION_DENIED',
    params: { permission: 'analytics.read' },
  });
});

it('writes what a step of a funnel counts', async () => {
  const pipeline = [...house.directory.now().pipelines.values()][0]!;
  const step = {
    funnel: { noun: 'opportunity', kind: 'FUNNEL_KIND_COHORT', period: YEAR },
    step: pipeline.stages[0]!.id,
  };
  const { content, rows } = await exporting({ noun: 'opportunity', step });
  expect(rows).toBe(4);
  expect(valuesOf(content).reduce((sum, value) => sum + value, 0)).toBe(2000.55);
});

it('holds only what the caller may export, however much they may see', async () => {
  const seller = reader({ ...EVERYTHING, 'opportunity.export': 'OWN' }, { id: PEOPLE.bob });
  // What bob has now, one of them created by another.
  expect((await exporting(created, seller)).rows).toBe(3);
  expect((await exporting(created, BOSS)).rows).toBe(0);
});

it('refuses rows of another noun, and two questions at once', async () => {
  await expect(exporting({ ...created, noun: 'lead' })).rejects.toMatchObject({ fields: [{ field: 'noun' }] });
  await expect(exporting({ noun: 'opportunity' })).rejects.toMatchObject({ fields: [{ field: 'figure' }] });
});
