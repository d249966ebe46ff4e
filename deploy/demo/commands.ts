import type { webcrypto } from 'node:crypto';
import { SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { CallerServiceService } from '@pelagic/proto/crm/identity/v1/session';
import { signToken } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';

/** One thing that somebody did at a simulated moment. */
export type Command = { rpc: string; request: object; actor: string; time: Date };

const PER_CALL = 100;
const TOKEN_SECONDS = 600;

const required = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: the supervisor of npm start sets it.`);
  return value;
};

export const addressOf = (service: string): string => required(`${service.toUpperCase()}_ADDRESS`);

const key = await crypto.subtle.importKey(
  'jwk',
  JSON.parse(required('SIGNING_KEY')) as webcrypto.JsonWebKey,
  { name: 'Ed25519' },
  false,
  ['sign'],
);
const callers = connect(CallerServiceService, addressOf('identity'));

/** The public, at a simulated time: who redeems the first link. */
export const publicToken = (time: Date): Promise<string> =>
  signToken({ sub: '', kind: 'public', clk: time.toISOString() }, key, TOKEN_SECONDS);

export const serviceToken = (): Promise<string> => signToken({ sub: 'seed', kind: 'service' }, key, TOKEN_SECONDS);

/** The version of the policy that grants are asked for, as identity puts it into its own tokens. */
export const policyVersion = async (employeeId: string): Promise<string> => {
  const { callerToken } = await callers.issueJobToken({ employeeId, sessionId: '' }, { token: await serviceToken() });
  const claims = JSON.parse(Buffer.from(callerToken.split('.')[1]!, 'base64url').toString()) as { gv: string };
  return claims.gv.split(':')[0]!;
};

/** Seed-only tokens: `any` lets each command say its own time, an instant is for one rpc outside of a batch. */
export const tokens = (version: string) => {
  const known = new Map<string, Promise<string>>();
  return (employeeId: string, day: string, clock: Date | 'any' = 'any'): Promise<string> => {
    const sign = () =>
      signToken(
        {
          sub: employeeId,
          kind: 'employee',
          gv: `${version}:${day}`,
          clk: clock === 'any' ? 'any' : clock.toISOString(),
        },
        key,
        TOKEN_SECONDS,
      );
    if (clock !== 'any') return sign();
    const name = `${employeeId}/${day}`;
    if (!known.has(name)) known.set(name, sign());
    return known.get(name)!;
  };
};

export type Tokens = ReturnType<typeof tokens>;

/** Runs commands of one service in order, a hundred in a transaction; answers what each answered. */
export const runCommands = async <T>(
  service: string,
  commands: Command[],
  token: Tokens,
  day: string,
): Promise<T[]> => {
  const seeds = connect(SeedServiceService, addressOf(service));
  const answers: T[] = [];
  for (let from = 0; from < commands.length; from += PER_CALL) {
    const batch = await Promise.all(
      commands.slice(from, from + PER_CALL).map(async ({ rpc, request, actor, time }) => ({
        rpc,
        request: JSON.stringify(request),
        token: await token(actor, day),
        time: time.toISOString(),
      })),
    );
    const { answers: texts } = await seeds.runCommands({ service, commands: batch }, { timeoutMs: 60_000 });
    answers.push(...texts.map((text) => JSON.parse(text) as T));
  }
  return answers;
};

/** The same in lanes that run side by side; commands of one lane keep their order. */
export const runLanes = async (service: string, lanes: Command[][], token: Tokens, day: string): Promise<void> => {
  await Promise.all(lanes.filter((lane) => lane.length).map((lane) => runCommands(service, lane, token, day)));
};
