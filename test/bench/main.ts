import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../../deploy/local/paths.ts';
import { makeEvents } from './data/events.ts';
import { makeOrganization } from './data/organization.ts';
import { makeRecords } from './data/records.ts';
import { DATA_FOLDER, madeOnce, openHouse, type House } from './house.ts';
import { writeReport } from './report.ts';
import { measureAnalysts } from './runs/analysts.ts';
import { measureCards } from './runs/cards.ts';
import { measureCreate } from './runs/create.ts';
import { measureFreshness } from './runs/freshness.ts';
import { measureList } from './runs/list.ts';
import { measureSearch } from './runs/search.ts';
import { measureSoak } from './runs/soak.ts';

/**
 * `npm run bench -- create list search` measures these, all of them when none is named; `npm run bench -- data` only makes the
 * data. Everything is kept in .data-bench, so that a million records are made once.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '1000000' },
    events: { type: 'string', default: '10000000' },
    seconds: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '10' },
    out: { type: 'string', default: join(ROOT, 'reports') },
  },
});
const options = {
  rows: Number(values.rows),
  events: Number(values.events),
  seconds: Number(values.seconds),
  minutes: Number(values.minutes),
};
/** The small table that lists of the large one are compared with. */
const FEW = 10_000;

const withHouse = async <T>(rows: number, work: (house: House) => Promise<T>): Promise<T> => {
  const house = await openHouse(join(DATA_FOLDER, String(rows)));
  try {
    await madeOnce(house.folder, 'organization', () => makeOrganization(house));
    for (const noun of ['lead', 'customer'])
      await madeOnce(house.folder, `${noun}-${rows}`, () => makeRecords(house, noun, rows));
    return await work(house);
  } finally {
    await house.stop();
  }
};

const withEvents = (house: House): Promise<unknown> =>
  madeOnce(house.folder, `events-${options.events}`, () => makeEvents(house, options.events));

const RUNS: Record<string, () => Promise<void>> = {
  data: () => withHouse(options.rows, async (house) => void (await withEvents(house))),
  create: () => withHouse(options.rows, (house) => measureCreate(house, options.seconds)),
  list: async () => {
    const few = await withHouse(FEW, (house) => measureList(house, options.seconds, FEW));
    await withHouse(options.rows, (house) => measureList(house, options.seconds, options.rows, few));
  },
  search: () => withHouse(options.rows, (house) => measureSearch(house, options.seconds, options.rows)),
  freshness: () => withHouse(options.rows, (house) => measureFreshness(house, options.minutes)),
  cards: () =>
    withHouse(options.rows, async (house) => {
      await withEvents(house);
      await measureCards(house, Math.max(2, options.seconds / 12));
    }),
  analysts: () =>
    withHouse(options.rows, async (house) => {
      await withEvents(house);
      await measureAnalysts(house, options.seconds);
    }),
  soak: () => withHouse(options.rows, (house) => measureSoak(house, options.minutes * 6)),
};

const asked = positionals.length ? positionals : Object.keys(RUNS);
const unknown = asked.filter((name) => !RUNS[name]);
if (unknown.length) throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(RUNS).join(', ')}.`);
process.stdout.write(`bench: ${asked.join(', ')} with ${JSON.stringify(options)}\n`);
for (const name of asked) await RUNS[name]!();
process.stdout.write(`  written to ${writeReport(values.out, { ...options, asked })}\n`);
