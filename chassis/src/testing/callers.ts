import { exportJWK, generateKeyPair, type JSONWebKeySet } from 'jose';
import { signToken, type Caller, type FieldGrant, type Grants, type Scope } from '../caller.ts';
import { runIn } from '../context.ts';
import { identifier, type Identify } from '../identify.ts';
import { uuidv7 } from '../outbox.ts';

export type TestPerson = {
  id?: string;
  departmentId?: string;
  subordinateIds?: string[];
  departmentAndBelowIds?: string[];
  permissions: Record<string, Scope | Scope[]>;
  fields?: Record<string, { hidden?: string[]; masked?: string[]; readOnly?: string[] }>;
};

export type TestCallers = {
  keys: JSONWebKeySet;
  /** As a service identifies: signatures are verified, grants are those given here. */
  identify: Identify;
  /** A signed token of a person with these rights. `clock` makes it a seed token, `apiKeyId` one of that key. */
  token: (
    person: TestPerson,
    options?: { clock?: Date; sessionId?: string; apiKeyId?: string },
  ) => Promise<{ token: string; id: string }>;
  serviceToken: (service: string) => Promise<string>;
};

const fieldGrants = (fields: TestPerson['fields'] = {}): Map<string, FieldGrant> =>
  new Map(
    Object.entries(fields).map(([noun, { hidden = [], masked = [], readOnly = [] }]) => [
      noun,
      { hidden: new Set(hidden), masked: new Set(masked), readOnly: new Set(readOnly) },
    ]),
  );

const grantsFor = (person: TestPerson): Grants => {
  const departmentId = person.departmentId ?? uuidv7();
  return {
    version: 'test',
    departmentId,
    subordinateIds: person.subordinateIds ?? [],
    departmentIds: [departmentId],
    departmentAndBelowIds: person.departmentAndBelowIds ?? [departmentId],
    permissions: new Map(Object.entries(person.permissions).map(([name, scopes]) => [name, [scopes].flat()])),
    fields: fieldGrants(person.fields),
    locale: 'en',
    timeZone: 'Asia/Shanghai',
  };
};

/** People with known rights, signed by a key of the test: what identity does, without identity. */
export const testCallers = async (): Promise<TestCallers> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true });
  const keys = { keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA' }] };
  const people = new Map<string, Grants>();
  return {
    keys,
    identify: identifier(keys, async ({ employeeId, grantsVersion }) => {
      const grants = people.get(`${employeeId}/${grantsVersion}`);
      if (!grants) throw new Error(`Nobody has the id ${employeeId}.`);
      return grants;
    }),
    token: async (person, { clock, sessionId = '', apiKeyId = '' } = {}) => {
      const id = person.id ?? uuidv7();
      const gv = String(people.size);
      people.set(`${id}/${gv}`, grantsFor(person));
      return {
        id,
        token: await signToken(
          {
            sub: id,
            kind: apiKeyId ? 'api_key' : 'employee',
            gv,
            sid: sessionId,
            kid: apiKeyId,
            ...(clock && { clk: clock.toISOString() }),
          },
          privateKey,
          600,
        ),
      };
    },
    serviceToken: (service) => signToken({ sub: service, kind: 'service' }, privateKey, 600),
  };
};

/** Runs work as this caller, for functions that are called without an rpc around them. */
export const runAs = <T>(caller: Caller, work: () => Promise<T>): Promise<T> =>
  runIn({ caller, deadline: Date.now() + 60_000 }, work);
