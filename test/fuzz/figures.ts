import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { busyness, until } from '../mesh/person.ts';
import { openSender, type Answer } from './http.ts';
import { textPlaces, type Cut } from './figure-places.ts';
import { judge } from './judge.ts';
import { TEXTS } from './hostile.ts';
import type { Sender } from './people.ts';
import type { Json, Making } from './request.ts';
import { OPERATIONS } from './schema.ts';
import { Tally, type Figures } from './tally.ts';

const AT_ONCE = 6;
const SECRET = 'the-marker-that-no-answer-may-hold';
const FRESH_MS = 30_000;

export type FiguresFigures = Figures & { places: number };

type Run = { base: string; senders: Sender[]; making: Making; requests: number };

/** What would show that a text was run: a file that nobody may read, an address that nobody may call. */
type Trap = { texts: string[]; called: () => number; close: () => void };

const setTrap = async (): Promise<Trap> => {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-fuzz-'));
  const file = join(folder, 'secret.csv');
  writeFileSync(file, SECRET);
  let calls = 0;
  const server: Server = createServer((_, response) => {
    calls += 1;
    response.end(SECRET);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const reads = [`(select * from file('${file}', 'LineAsString'))`, `(select * from url('${url}', 'LineAsString'))`];
  const ways = reads.flatMap((read) => [
    read,
    `' or name in ${read} --`,
    `name) from ${read} settings max_threads=1 --`,
    `\\' union all select * from ${read} --`,
    `{name:String} union all ${read}`,
    `count() from ${read} format JSON --`,
    `x\` , ${read} as \`y`,
    `"; insert into function file('${file}', 'CSV') select 1; --`,
    `/*${read}*/`,
  ]);
  return {
    texts: [...ways, ...TEXTS],
    called: () => calls,
    close: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
};

const PERIOD = { fromDate: '2026-01-01', toDate: '2026-12-31' };
const QUESTION = { cube: 'lead', measures: ['new_count'], period: PERIOD };

type Place = {
  /** The path of the operation. */
  path: string;
  what: string;
  /** A name has to be known; any other text is a value. */
  name?: true;
  body: (text: string) => Json;
};

const ask = (what: string, more: (text: string) => Json, name?: true): Place[] =>
  [
    { path: '/v1/analytics/questions:ask', wrap: (question: Json): Json => ({ question }) },
    { path: '/v1/analytics/questions:batchAsk', wrap: (question: Json): Json => ({ questions: [question] }) },
    { path: '/v1/analytics/questions:rows', wrap: (question: Json): Json => ({ question, measure: 'new_count' }) },
  ].map(({ path, wrap }) => ({
    path,
    what,
    ...(name && { name }),
    body: (text) => wrap({ ...QUESTION, ...more(text) }),
  }));

/** The rows behind a figure take neither from its question. */
const asked = (what: string, more: (text: string) => Json): Place[] =>
  ask(what, more, true).filter(({ path }) => !path.endsWith(':rows'));

const rows =
  (more: (text: string) => Json): ((text: string) => Json) =>
  (text) => ({
    question: { ...QUESTION, dimensions: ['source'] },
    measure: 'new_count',
    ...more(text),
  });

const funnel = { noun: 'lead', kind: 'FUNNEL_KIND_SNAPSHOT', period: PERIOD };
const FUNNEL_ROWS = '/v1/analytics/funnels:rows';

/** Places of which more is known than that they take a text: which must be refused what nothing is called, what is odd in its number. */
const PLACES: Place[] = [
  ...ask('cube', (cube) => ({ cube }), true),
  ...asked('a measure', (measure) => ({ measures: [measure] })),
  ...ask('a dimension', (dimension) => ({ dimensions: [dimension] }), true),
  ...ask('a custom dimension', (text) => ({ dimensions: [`custom.${text}`] }), true),
  ...asked('the order', (orderBy) => ({ orderBy: orderBy || 'none' })),
  ...ask('the dimension of a filter', (dimension) => ({ filters: [{ dimension, values: ['x'] }] }), true),
  ...ask('a value of a filter', (value) => ({ filters: [{ dimension: 'source', values: [value, 'x'] }] })),
  ...ask('a choice of a filter', (value) => ({ filters: [{ dimension: 'custom.tier', values: [value] }] })),
  ...ask('200 values of a filter', (value) => ({ filters: [{ dimension: 'state', values: Array(200).fill(value) }] })),
  ...ask(
    '10,000 values of a filter',
    (value) => ({ filters: [{ dimension: 'state', values: Array(10_000).fill(value.slice(0, 30)) }] }),
    true,
  ),
  ...ask('the first day', (fromDate) => ({ period: { ...PERIOD, fromDate } })),
  ...ask('the other period', (toDate) => ({ compare: { ...PERIOD, toDate } })),
  ...ask('a department', (departmentId) => ({ organization: { departmentId } })),
  {
    path: '/v1/analytics/questions:rows',
    what: 'the measure of the rows',
    name: true,
    body: rows((measure) => ({ measure })),
  },
  { path: '/v1/analytics/questions:rows', what: 'a key', body: rows((key) => ({ keys: [key] })) },
  { path: '/v1/analytics/questions:rows', what: 'a page token', body: rows((pageToken) => ({ pageToken })) },
  {
    path: '/v1/analytics/funnels:get',
    what: 'the noun of a funnel',
    name: true,
    body: (noun) => ({ ...funnel, noun }),
  },
  {
    path: '/v1/analytics/funnels:get',
    what: 'a pipeline',
    body: (pipelineId) => ({ ...funnel, noun: 'opportunity', pipelineId }),
  },
  { path: FUNNEL_ROWS, what: 'a step', name: true, body: (step) => ({ funnel, step }) },
  { path: FUNNEL_ROWS, what: 'a drop reason', body: (dropReason) => ({ funnel, step: 'LEAD_STATE_NEW', dropReason }) },
  {
    path: '/v1/analytics/rows:export',
    what: 'the noun of an export',
    name: true,
    body: (noun) => ({ noun, figure: { question: QUESTION, measure: 'new_count' } }),
  },
  {
    path: '/v1/analytics/rows:export',
    what: 'a value of an export',
    body: (text) => ({ noun: 'lead', figure: { ...rows((key) => ({ keys: [key] }))(text) } }),
  },
];

/** Names that only look like nonsense: a known one with blanks around it, or none where none may be. */
const isKnown = (text: string, { words }: Making): boolean =>
  !text.trim() || [...words.values()].flat().includes(text.trim());

/** Puts hostile texts wherever the figures take one. */
export const fuzzFigures = async ({ base, senders, making, requests }: Run): Promise<FiguresFigures> => {
  const { random } = making;
  const { send, close } = openSender(base);
  const trap = await setTrap();
  const tally = new Tally();
  const post = async (sender: Sender, path: string, body: Json, language = 'en'): Promise<Answer> =>
    send({
      method: 'POST',
      path,
      headers: { ...(await sender.headers()), 'content-type': 'application/json', 'accept-language': language },
      body: Buffer.from(JSON.stringify(body)),
    });
  const [admin] = senders;
  // What was called before may have ended their sessions.
  for (const sender of senders) sender.renew();
  const listed = await send({ method: 'GET', path: '/v1/analytics/cubes', headers: await admin!.headers() });
  const { cubes } = JSON.parse(listed.text) as { cubes: Cut[] };
  const everywhere: Place[] = textPlaces(cubes, PERIOD);
  const placeAt = (index: number): Place => (index % 2 ? random.of(everywhere) : PLACES[(index / 2) % PLACES.length]!);
  const figures = async (): Promise<string> =>
    JSON.stringify(
      (
        JSON.parse((await post(admin!, '/v1/analytics/questions:ask', { question: QUESTION })).text) as {
          totals: unknown;
        }
      ).totals,
    );
  let before = '';
  await until(
    'figures that stand still',
    FRESH_MS * busyness(),
    async () => before === (before = await figures()),
    1_500,
  );

  const take = ({ path, what, name }: Place, text: string, answer: Answer, language: 'zh' | 'en', sent: Json): void => {
    const operation = OPERATIONS.find((each) => each.path === path && each.method === 'POST')!;
    const taken = name && !isKnown(text, making) ? [`${what} that there is not`] : [];
    const verdict = judge({ operation, answer, language, forbidden: taken, busy: busyness() });
    tally.count(String(answer.status), verdict.rule);
    if (answer.text.includes(SECRET) && !answer.text.includes('file('))
      verdict.wrong.push('it holds what stands in a file');
    for (const wrong of verdict.wrong) tally.fault(`${path}, ${what}`, wrong, JSON.stringify(sent), answer.text);
  };

  for (let next = 0; next < requests; next += AT_ONCE) {
    const shots = Array.from({ length: Math.min(AT_ONCE, requests - next) }, (_, index) => {
      const place = placeAt(next + index);
      const text = random.of(trap.texts).toWellFormed();
      return {
        place,
        text,
        sent: place.body(text),
        sender: random.of(senders),
        language: random.of(['zh', 'en'] as const),
      };
    });
    const answers = await Promise.all(
      shots.map(({ sender, place, sent, language }) => post(sender, place.path, sent, language)),
    );
    shots.forEach(({ place, text, language, sent }, index) => take(place, text, answers[index]!, language, sent));
  }
  const after = await figures();
  if (after !== before) tally.fault('figures', `they were ${before} and are ${after}`, '', '');
  if (trap.called()) tally.fault('figures', `an address was called ${trap.called()} times`, '', '');
  trap.close();
  close();
  return { ...tally.figures(), places: PLACES.length + everywhere.length };
};
