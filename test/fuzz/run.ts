import { closeChannels } from '@pelagic/chassis/client';
import { memoryOf } from '../../deploy/local/memory.ts';
import { PASSWORD } from '../mesh/enterprise.ts';
import { signIn } from '../mesh/person.ts';
import { fuzzEvents } from './events.ts';
import { fuzzFigures } from './figures.ts';
import { fuzzGrpc } from './grpc.ts';
import type { House } from './house.ts';
import { fuzzRest } from './rest.ts';
import { openTokens } from './tokens.ts';
import type { Fault, Figures } from './tally.ts';

/** Requests, calls, questions and events. */
export type Shares = { rest: number; grpc: number; figures: number; events: number };

/** Of so many requests in all; events cost the most, and a few hundred tell each consumer of each fault. */
export const sharesOf = (requests: number): Shares => {
  const events = Math.min(Math.round(requests * 0.08), 4_000);
  const figures = Math.round(requests * 0.08);
  const grpc = Math.round(requests * 0.22);
  return { rest: requests - grpc - figures - events, grpc, figures, events };
};

export type Outcome = {
  seed: number;
  seconds: number;
  requests: number;
  rules: number;
  parts: Record<string, Record<string, unknown>>;
  memoryMb: Record<string, number>;
  faults: (Fault & { part: string })[];
};

/** No process of ours needs more, whatever it is sent; its heap has a limit of its own. */
const MEMORY_MAX_MB = 900;

const processFaults = ({ enterprise: { mesh }, deaths }: House, memoryMb: Record<string, number>): Fault[] => {
  const fault = (name: string, what: string, answer = ''): Fault => ({
    what: `${name}: ${what}`,
    times: 1,
    request: '',
    answer,
  });
  const now = mesh.definitions.flatMap(({ name }): Fault[] => {
    const pid = mesh.pid(name);
    if (!pid) return [fault(name, 'is down')];
    const { megabytes } = memoryOf([pid]);
    memoryMb[name] = megabytes;
    return megabytes > MEMORY_MAX_MB ? [fault(name, `takes ${megabytes} MB`)] : [];
  });
  return [...deaths.map(({ name, how, said }) => fault(name, how, said)), ...now];
};

/** All four kinds, one after the other, against one enterprise. */
export const fuzz = async (house: House, seed: number, shares: Shares): Promise<Outcome> => {
  const began = performance.now();
  const { enterprise, senders, making } = house;
  const { mesh, base } = enterprise;
  const parts: Outcome['parts'] = {};
  const faults: Outcome['faults'] = [];
  let [requests, rules] = [0, 0];
  const part = async (name: keyof Shares, work: () => Promise<Figures>): Promise<void> => {
    const from = performance.now();
    const { faults: found, statuses, ...figures } = await work();
    parts[name] = {
      ...figures,
      faults: found.length,
      seconds: Math.round((performance.now() - from) / 1_000),
      statuses,
    };
    requests += figures.requests;
    rules += figures.rules;
    faults.push(...found.map((fault) => ({ part: name, ...fault })));
  };
  await part('rest', () => fuzzRest({ base, senders, making, requests: shares.rest }));
  const tokens = await openTokens({ mesh, senders });
  await part('grpc', () => fuzzGrpc({ mesh, tokens, making, requests: shares.grpc }));
  await part('figures', () => fuzzFigures({ base, senders, making, requests: shares.figures }));
  // Last: what they tell of stays behind.
  // Signed in anew, for sessions are ended too.
  await part('events', async () => {
    const admin = await signIn(base, 'admin', PASSWORD);
    return fuzzEvents({ mesh, admin, making, requests: shares.events });
  });
  closeChannels();
  const memoryMb: Record<string, number> = {};
  faults.push(...processFaults(house, memoryMb).map((fault) => ({ part: 'processes', ...fault })));
  return { seed, seconds: Math.round((performance.now() - began) / 1_000), requests, rules, parts, memoryMb, faults };
};
