import type { Caller } from '@pelagic/chassis/caller';
import { fileClient } from '@pelagic/capabilities/testing/files';
import {
  ImportSettings,
  InspectImportRequest,
  ListJobResultsRequest,
  MatchAction,
  StartExportRequest,
  type Job,
} from '@pelagic/proto/crm/capability/v1/job';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { employeeLookup } from './employee.import.ts';
import { startIdentity, type TestIdentity } from '../testing/start-identity.ts';

let identity: TestIdentity;
let admin: string;
let root: string;

beforeAll(async () => {
  identity = await startIdentity('import');
  await identity.bootstrap();
  admin = await identity.signIn('admin');
  root = (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await as())).departments[0]!
    .id;
});
afterAll(() => identity.stop());

const as = () => identity.as(admin);
const ended = async (id: string): Promise<Job> => {
  for (;;) {
    const { job } = await identity.jobs.getJob({ service: 'identity', id }, await as());
    if (job!.endTime) return job!;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

/** Uploads, takes the proposed mapping, and imports to the end. */
const bring = async (noun: string, rows: string[][], onMatch: MatchAction = MatchAction.UPDATE): Promise<Job> => {
  const files = fileClient(identity.address, (await as()).token);
  const { id: fileId } = await files.upload(`${noun}.csv`, Buffer.from(rows.map((row) => row.join(',')).join('\n')));
  files.close();
  const { mapping } = await identity.jobs.inspectImport(
    InspectImportRequest.fromPartial({ service: 'identity', noun, fileId }),
    await as(),
  );
  const { job } = await identity.jobs.startImport(
    { service: 'identity', noun, settings: ImportSettings.fromPartial({ fileId, mapping, onMatch }), requestId: '' },
    await as(),
  );
  return ended(job!.id);
};

const tree = async () =>
  (await identity.departments.listDepartments({ onDate: '', includeClosed: false }, await as())).departments;
const people = async (query: string) =>
  (
    await identity.employees.listEmployees(
      { pageSize: 0, pageToken: '', filter: '', orderBy: '', query, departmentId: '', count: false },
      await as(),
    )
  ).employees;

describe('departments', () => {
  it('come in from a file in any order, from a day on, and twice are the same', async () => {
    const rows = [
      ['部门名称', '上级部门', '代码', '生效日期'],
      ['一组', '上海', 'SH1', '2025-02-01'],
      ['上海', '华东', 'SH', '2025-01-01'],
      ['华东', '', 'EAST', '2024-01-01'],
      ['一组', '华东', 'E1', '2024-01-01'],
    ];
    expect(await bring('department', rows)).toMatchObject({ created: 4, failed: 0 });
    const byCode = async () => new Map((await tree()).map((department) => [department.code, department]));
    const before = await byCode();
    expect(before.get('EAST')).toMatchObject({ parentId: root, placements: [{ fromDate: '2024-01-01' }] });
    expect(before.get('SH1')).toMatchObject({ name: '一组', parentId: before.get('SH')!.id });
    const changed = [rows[0]!, ['一组', '华东', 'SH1', '2025-06-01'], ...rows.slice(2).toReversed()];
    expect(await bring('department', changed)).toMatchObject({ created: 0, updated: 1, skipped: 3 });
    expect((await byCode()).get('SH1')).toMatchObject({
      parentId: before.get('EAST')!.id,
      placements: [{ fromDate: '2025-02-01' }, { fromDate: '2025-06-01' }],
    });
  });
});

describe('employees', () => {
  const HEAD = ['姓名', '工号', '部门', '上级', '职务', '邮箱', '手机', '角色', '入职日期', '账号'];

  it('come in with or without a login, managers in any order, departments by name or way', async () => {
    const job = await bring('employee', [
      HEAD,
      ['张伟', 'A1', '上海', '王经理', '销售', 'zhang@example.com', '13811112222', '销售', '2025-03-01', 'zhangwei'],
      ['王经理', 'A2', '华东', '', '经理', '', '', '销售经理、只读', '2024-06-01', ''],
      ['李四', 'A3', '华东/上海', 'A2', '', '', '', '', '', ''],
    ]);
    expect(job).toMatchObject({ created: 3, failed: 0 });
    const [[zhang], [wang], [li]] = [await people('张伟'), await people('王经理'), await people('李四')];
    expect(zhang).toMatchObject({
      login: 'zhangwei',
      state: 'EMPLOYEE_STATE_INVITED',
      managerId: wang!.id,
      phone: '+8613811112222',
      placements: [{ fromDate: '2025-03-01' }],
    });
    expect(wang).toMatchObject({ state: 'EMPLOYEE_STATE_ACTIVE', login: undefined });
    expect(wang!.roleIds).toHaveLength(2);
    expect(li).toMatchObject({ managerId: wang!.id, departmentId: zhang!.departmentId });
    const { auditEntries } = await identity.audit.listAuditEntries(
      { pageSize: 0, pageToken: '', filter: `action = import_employee AND recordId = "${wang!.id}"`, query: '' },
      await as(),
    );
    expect(auditEntries).toHaveLength(1);
  });

  it('are told apart by number, mail, phone or login; a change of place is a move', async () => {
    expect(
      await bring('employee', [HEAD, ['张伟', 'a1', '华东', '王经理', '高级销售', '', '', '', '2025-09-01', '']]),
    ).toMatchObject({ created: 0, updated: 1 });
    const [zhang] = await people('张伟');
    expect(zhang).toMatchObject({
      title: '高级销售',
      email: 'zhang@example.com',
      placements: [{ fromDate: '2025-03-01' }, { fromDate: '2025-09-01' }],
    });
    expect((await identity.events(zhang!.id)).map(({ type }) => type.split('.')[3])).toEqual([
      'created',
      'updated',
      'moved',
    ]);
    expect(
      await bring('employee', [HEAD, ['张伟', 'A1', '上海', '', '', '', '', '', '', '']], MatchAction.SKIP),
    ).toMatchObject({ skipped: 1 });
  });

  it('are refused row by row with what is wrong', async () => {
    const job = await bring('employee', [
      HEAD,
      ['无部门', 'B1', '火星', '', '', '', '', '', '', ''],
      ['无角色', 'B2', '上海', '', '', '', '', '国王', '', ''],
      ['坏电话', 'B3', '上海', '', '', '', '12', '', '', ''],
      ['好人', 'B4', '上海', '', '', '', '', '', '', ''],
    ]);
    expect(job).toMatchObject({ created: 1, failed: 3 });
    const { results } = await identity.jobs.listJobResults(
      ListJobResultsRequest.fromPartial({ service: 'identity', id: job.id }),
      await as(),
    );
    expect(
      results
        .filter(({ outcome }) => outcome === 'failed')
        .map(({ errors }) => `${errors[0]!.field} ${errors[0]!.reason}`),
    ).toEqual(['departmentId NOT_FOUND', 'roles NOT_FOUND', expect.stringMatching(/^phone /)]);
  });

  it('are not each other: the mobile or mail of another is an error of the row, the number says who it is', async () => {
    const head = ['姓名', '工号', '部门', '邮箱', '手机'];
    await bring('employee', [
      head,
      ['林一', 'L1', '上海', 'lin1@example.com', '13711110001'],
      ['林二', '', '上海', 'lin2@example.com', '13711110002'],
      ['林三', '', '上海', '', '13711110003'],
    ]);
    const rows = [
      ['陌生人', 'L9', '上海', '', '13711110001'],
      ['陌生人', '', '上海', '', '13711110003'],
      ['林一', 'L8', '上海', 'lin1@example.com', ''],
      ['林一一', 'L1', '上海', '', '13711110009'],
      ['林二', 'L2', '上海', 'lin2@example.com', ''],
      ['林三', 'L3', '上海', '', '13711110003'],
    ];
    for (const update of [MatchAction.SKIP, MatchAction.UPDATE]) {
      const job = await bring('employee', [head, ...rows], update);
      expect(job).toMatchObject(
        update === MatchAction.SKIP
          ? { created: 0, skipped: 3, updated: 0, failed: 3 }
          : { created: 0, skipped: 0, updated: 3, failed: 3 },
      );
      const { results } = await identity.jobs.listJobResults(
        ListJobResultsRequest.fromPartial({ service: 'identity', id: job.id, outcome: 'failed' }),
        await as(),
      );
      expect(results.map(({ row, errors }) => `${row} ${errors[0]!.field}`)).toEqual([
        '2 employee.phone',
        '3 employee.phone',
        '4 employee.email',
      ]);
    }
    expect(await people('林一')).toMatchObject([{ name: '林一一', employeeNumber: 'L1', phone: '+8613711110009' }]);
    expect(await people('陌生人')).toEqual([]);
  });

  it('are found by no field that is masked for whoever imports', async () => {
    await bring('employee', [
      ['姓名', '工号', '部门', '邮箱'],
      ['方圆', 'f77', '上海', 'fang@example.com'],
    ]);
    const found = (covered: string[]) => {
      const grant = { hidden: new Set<string>(), masked: new Set(covered), readOnly: new Set<string>() };
      const caller = { kind: 'employee', grants: { fields: new Map([['employee', grant]]) } } as unknown as Caller;
      return identity.database.transact(async (tx) => {
        const counts: number[] = [];
        for (const text of ['方圆', 'F77', 'fang@example.com'])
          counts.push((await employeeLookup(text, { tx, caller, message: {}, history: false })).length);
        return counts;
      });
    };
    expect(await found([])).toEqual([1, 1, 1]);
    expect(await found(['name', 'email'])).toEqual([0, 1, 0]);
    expect(await found(['employeeNumber'])).toEqual([1, 0, 1]);
  });
});

describe('an export', () => {
  it('of the address book has names instead of ids, and is in the audit trail', async () => {
    const { job } = await identity.jobs.startExport(
      StartExportRequest.fromPartial({
        service: 'identity',
        noun: 'employee',
        filter: 'employeeNumber = "a1"',
        fields: ['name', 'departmentId', 'managerId', 'phone'],
        format: 'csv',
        locale: 'zh-CN',
      }),
      await as(),
    );
    const { resultFileId, resultSha256, problem } = await ended(job!.id);
    expect(problem).toBe('');
    const files = fileClient(identity.address, (await as()).token);
    const { bytes } = await files.download(resultFileId!);
    files.close();
    expect(bytes.toString().replace('\uFEFF', '').trim().split(/\r?\n/)[1]).toBe("张伟,华东,王经理,'+8613811112222");
    let entries: { detail: string }[] = [];
    for (let tries = 0; tries < 40 && !entries.some(({ detail }) => detail.includes(resultSha256)); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      entries = (
        await identity.audit.listAuditEntries(
          { pageSize: 0, pageToken: '', filter: 'action:export', query: '' },
          await as(),
        )
      ).auditEntries;
    }
    expect(entries.some(({ detail }) => detail.includes(resultSha256))).toBe(true);
  });
});
