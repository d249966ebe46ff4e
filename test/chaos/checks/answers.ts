import { finding, type Finding } from '../difference.ts';
import type { Effect, Op } from '../history.ts';
import type { Ledger, Written } from '../ledger.ts';

const CAMEL = /_(\w)/g;
const camel = (name: string): string => name.replace(CAMEL, (_, letter: string) => letter.toUpperCase());

const keyOf = ({ noun, how, field, value, recordId = '' }: Effect): string =>
  `${noun} ${how} ${field} ${value} ${recordId}`;

/** Fields whose values writers make up. */
const MADE_UP = ['name', 'content', 'body', 'leadId', 'bankRef', 'reason', 'text', 'done', 'amount'];

/** What a value is found by: of an instalment its name, of a comment on a log its text, of money the amount. */
const wordOf = (value: unknown): unknown => {
  const { name, text, amount } = (value ?? {}) as Record<string, unknown>;
  return name ?? text ?? amount ?? value;
};
const wordsOf = (value: unknown): unknown[] => [value].flat().map(wordOf);

/** Everything that an event could be the effect of. */
const keysOf = ({ noun, version, recordId, event }: Written): string[] => {
  const state = event.data[camel(noun)] as Record<string, unknown> | undefined;
  const before = (event.data['before'] ?? {}) as Record<string, unknown>;
  const keys: string[] = [];
  const key = (how: Effect['how'], field: string, value: unknown) => {
    if (typeof value !== 'string' || !value) return;
    keys.push(keyOf({ noun, how, field, value }));
    if (how === 'changed') keys.push(keyOf({ noun, how, field, value, recordId }));
  };
  const both = (how: Effect['how'], field: string, value: unknown) => {
    key(how, field, value);
    key('set', field, value);
  };
  if (version === 1) for (const field of MADE_UP) both('created', field, wordOf(state?.[field]));
  for (const field of Object.keys(before)) {
    const known = wordsOf(before[field]);
    for (const value of wordsOf(state?.[field]).filter((each) => !known.includes(each))) both('changed', field, value);
  }
  // A conversion names the customer that it made: found by the lead itself.
  if (event.type === 'crm.customer.lead.converted.v1') key('changed', 'customerId', event.subject);
  key('told', 'reason', event.reason);
  return keys;
};

const say = (op: Op, effect: Effect): string => `${op.kind} ${op.requestId}: ${keyOf(effect)}`;

/** So many refusals and nothing else: what a writer sends is wrong, and shows nothing. */
const ALL_REFUSED = 10;

const checkWriters = (ops: Op[]): Finding => {
  const { found, compared, differ } = finding('each kind is written');
  for (const [kind, theirs] of Map.groupBy(ops, (op) => op.kind)) {
    compared();
    const refused = theirs.filter(({ outcome }) => outcome === 'fail');
    if (refused.length < ALL_REFUSED || theirs.some(({ outcome }) => outcome === 'ok')) continue;
    differ('lost', `${kind}: ${refused.length} refused, the last for ${refused.at(-1)!.reason}`);
  }
  return found;
};

/**
 * What was answered with yes was done, once; with no, not at all; without an answer, all or nothing. A record that was
 * answered has that id and that version.
 */
export const checkAnswers = (ops: Op[], { events, conversions }: Ledger, beganAt: number): Finding[] => {
  const index = new Map<string, Written[]>();
  for (const event of events) for (const key of keysOf(event)) index.set(key, [...(index.get(key) ?? []), event]);
  const [yes, no, silence, versions] = ['acknowledged', 'refused', 'unanswered', 'answered versions'].map(finding) as [
    ReturnType<typeof finding>,
    ReturnType<typeof finding>,
    ReturnType<typeof finding>,
    ReturnType<typeof finding>,
  ];
  for (const op of ops) {
    const at = beganAt + op.invoked;
    const effects = op.effects.map((effect) => ({ effect, events: index.get(keyOf(effect)) ?? [] }));
    for (const { effect, events: found } of effects) {
      const into = op.outcome === 'ok' ? yes : op.outcome === 'fail' ? no : silence;
      into.compared();
      if (op.outcome === 'ok' && !found.length) into.differ('lost', say(op, effect), { at });
      if (op.outcome === 'fail' && found.length) into.differ('foreign', say(op, effect), { at });
      if (found.length > 1) into.differ('doubled', say(op, effect), { at });
    }
    const there = effects.filter(({ events: found }) => found.length).length;
    if (op.outcome === 'unknown' && !op.apart && there && there < effects.length)
      silence.differ('unequal', `${op.kind} ${op.requestId}: ${there} of ${effects.length}`, { at });
    if (op.version === undefined) continue;
    versions.compared();
    const [effect] = effects[0]!.events;
    if (effect && effect.version !== op.version)
      versions.differ('unequal', `${op.kind} ${op.requestId}: answered ${op.version}, told ${effect.version}`, { at });
    if (effect && op.recordId && effect.recordId !== op.recordId)
      versions.differ('unequal', `${op.kind} ${op.requestId}: answered ${op.recordId}, told ${effect.recordId}`, {
        at,
      });
  }
  const processes = finding('conversions');
  for (const { lead_id: lead, state } of conversions) {
    processes.compared();
    if (state === 'CONVERSION_STATE_RUNNING') processes.differ('stuck', `conversion of ${lead}`);
  }
  return [...[yes, no, silence, versions, processes].map(({ found }) => found), checkWriters(ops)];
};
