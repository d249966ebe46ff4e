import { queryable } from './access.ts';
import { upsert } from './append.ts';
import { sql, type Kysely } from 'kysely';
import type { Caller } from './caller.ts';
import type { Consumer } from './consumer.ts';
import type { Database, Tx } from './database.ts';
import { setEnterprise, today } from './enterprise.ts';
import { invalidField } from './problem.ts';
import { projection, type Projection, type State } from './projection.ts';
import type { Part } from './service.ts';

/** An employee as other services know one. */
export type DirectoryEmployee = {
  id: string;
  name: string;
  departmentId: string;
  managerId: string | undefined;
  active: boolean;
  login: string | undefined;
};

export type Directory = {
  consumers: Consumer[];
  projections: Projection[];
  /** Loads the settings of the enterprise into this process and keeps them current. */
  part: Part;
  /** The employee; asks identity when they are not known here yet. */
  employee: (id: string) => Promise<DirectoryEmployee | undefined>;
  /** The employee who may be given a record; history knows also those who left. Throws a field error when there is none such. */
  owner: (id: string, field: string, caller?: Pick<Caller, 'imported'>) => Promise<DirectoryEmployee>;
  /** Employees by name, login, number or mail, as far as these are neither hidden nor masked for the caller: for imports. */
  find: (text: string, caller: Caller) => Promise<DirectoryEmployee[]>;
  /** Departments by name or code, under the same rule. */
  departmentNamed: (text: string, caller: Caller) => Promise<{ id: string; name: string }[]>;
};

type Placement = { departmentId: string; managerId?: string; fromDate: string };
type Row = {
  id: string;
  name: string;
  department_id: string;
  manager_id: string | null;
  state: string;
  login: string | null;
  placements: Placement[];
};

const REFRESH_MS = 1_000;

type Fields = Record<string, any>;

const employeeRow = (id: string, employee: Fields) => ({
  id,
  name: employee['name'],
  department_id: employee['departmentId'],
  manager_id: employee['managerId'] ?? null,
  state: employee['state'],
  login: employee['login'] ?? null,
  email: employee['email'] ?? null,
  employee_number: employee['employeeNumber'] ?? null,
  placements: employee['placements'] ?? [],
});

const departmentRow = (id: string, department: Fields) => ({
  id,
  name: department['name'],
  code: department['code'] ?? '',
  closed_date: department['closedDate'] ?? null,
});

const rateRow = (id: string, { currency, fromDate, rate }: Fields) => ({ id, currency, from_date: fromDate, rate });

const writeEnterprise = async (tx: Tx, states: State[]): Promise<void> => {
  const state = JSON.stringify(states.at(-1)!.state);
  await sql`insert into directory_enterprise (one, state) values (true, ${state}) on conflict (one) do update set state = excluded.state`.execute(
    tx.sql,
  );
};

/** The placement that holds today; the state's own fields are those of the moment it was written. */
const current = (row: Row): Placement | undefined => {
  const date = today();
  return row.placements
    .filter(({ fromDate }) => fromDate <= date)
    .toSorted((a, b) => b.fromDate.localeCompare(a.fromDate))[0];
};

const fromRow = (row: Row): DirectoryEmployee => {
  const placement = current(row);
  return {
    id: row.id,
    name: row.name,
    departmentId: placement?.departmentId ?? row.department_id,
    managerId: placement?.managerId ?? row.manager_id ?? undefined,
    active: row.state === 'EMPLOYEE_STATE_ACTIVE' || row.state === 'EMPLOYEE_STATE_INVITED',
    login: row.login ?? undefined,
  };
};

/** Whether a column is the text, as far as the caller may ask by that field. */
const namedBy = (text: string, caller: Caller, noun: string) => (field: string, column: string) =>
  queryable(caller, noun, field) ? sql`lower(${sql.ref(column)}) = ${text.trim().toLowerCase()}` : sql`false`;

type Options = { service: string; database: Database; identityAddress: string; token: () => Promise<string> };

/** What every service keeps of identity's nouns: who people are, where they sit, the enterprise and its rates. */
export const openDirectory = ({ service, database, identityAddress, token }: Options): Directory => {
  const copy = (noun: string, table: string, apply: (tx: Tx, states: State[]) => Promise<void>) =>
    projection({
      name: `directory-${noun}`,
      service,
      from: 'identity',
      address: identityAddress,
      noun,
      database,
      token,
      apply,
      clear: async (tx) => void (await tx.sql.deleteFrom(table).execute()),
    });
  const rows = (noun: string, table: string, row: (id: string, state: Fields) => Fields) =>
    copy(noun, table, (tx, states) =>
      upsert(
        tx,
        table,
        states.map(({ id, state }) => row(id, state)),
      ),
    );
  const employees = rows('employee', 'directory_employee', employeeRow);
  const projections = [
    employees,
    rows('department', 'directory_department', departmentRow),
    copy('enterprise', 'directory_enterprise', writeEnterprise),
    rows('exchange_rate', 'directory_rate', rateRow),
  ];

  const stored = async (id: string): Promise<Row | undefined> =>
    (await sql<Row>`select * from directory_employee where id = ${id}`.execute(database.aside)).rows[0];
  const employee = async (id: string): Promise<DirectoryEmployee | undefined> => {
    const row = (await stored(id)) ?? ((await employees.fetch(id)) ? await stored(id) : undefined);
    return row && fromRow(row);
  };
  const refresh = async () => {
    const { rows } = await sql<{ state: Record<string, any> }>`select state from directory_enterprise`.execute(
      database.sql,
    );
    const state = rows[0]?.state;
    if (state) {
      setEnterprise({
        name: state['name'],
        locale: state['locale'],
        timeZone: state['timeZone'],
        baseCurrency: state['baseCurrency'],
        fiscalYearStartMonth: state['fiscalYearStartMonth'],
        region: state['region'],
      });
    }
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    consumers: projections.map(({ consumer }) => consumer),
    projections,
    part: {
      name: 'directory',
      start: async () => {
        await refresh();
        timer = setInterval(() => void refresh().catch(() => {}), REFRESH_MS).unref();
      },
      stop: async () => clearInterval(timer),
    },
    employee,
    owner: async (id, field, caller) => {
      const found = await employee(id);
      if (!found) throw invalidField(field, 'UNKNOWN_EMPLOYEE', 'There is no such employee.');
      if (!found.active && !caller?.imported)
        throw invalidField(field, 'EMPLOYEE_NOT_ACTIVE', `${found.name} is not active and cannot be given records.`, {
          name: found.name,
        });
      return found;
    },
    find: async (text, caller) => {
      const by = namedBy(text, caller, 'employee');
      const { rows } = await sql<Row>`
        select * from directory_employee
        where ${by('name', 'name')} or ${by('login', 'login')} or ${by('email', 'email')} or ${by('employeeNumber', 'employee_number')} limit 3`.execute(
        database.aside,
      );
      return rows.map(fromRow);
    },
    departmentNamed: async (text, caller) => {
      const by = namedBy(text, caller, 'department');
      const { rows } = await sql<{ id: string; name: string }>`
        select id, name from directory_department where (${by('name', 'name')} or ${by('code', 'code')}) and closed_date is null limit 3`.execute(
        database.aside,
      );
      return rows;
    },
  };
};

/** Rates of exchange, newest first, for chassis/money. */
export const ratesOf = async (
  db: Kysely<any>,
  currency: string,
): Promise<{ currency: string; fromDate: string; rate: string }[]> => {
  const { rows } = await sql<{
    currency: string;
    from_date: string;
    rate: string;
  }>`select currency, from_date::text, rate from directory_rate where currency = ${currency} order by from_date desc`.execute(
    db,
  );
  return rows.map((row) => ({ currency: row.currency, fromDate: row.from_date, rate: row.rate }));
};
