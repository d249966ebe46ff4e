import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { drillAll, foundForDrill, tellStory } from './drill.ts';
import { measureRebuild } from './rebuild.ts';
import { drillRollout } from './rollout.ts';

const HELP = `Deletes rows, messages and whole stores of a running copy, and measures how long it takes until that is found and
everything is as it was.

  --leads=2000      leads that are entered and changed before: two events each
  --rows=100        rows that are deleted from ClickHouse, and messages from the stream
  --by-itself       waits for the job instead of asking for a comparison
  --rebuild=1000000 events that everything is made anew from; 0 leaves it out
  --rollout         instead of all this: replaces two replicas of every process one by one under load
  --only=sales,web  of these processes; of all when absent
  --people=4        who work while everything is replaced
  --from=HEAD~1     the commit that they are replaced from, by HEAD with migrations between; then by HEAD once more
  --out=reports     where the figures go`;

const { values } = parseArgs({
  options: {
    leads: { type: 'string', default: '2000' },
    rows: { type: 'string', default: '100' },
    'by-itself': { type: 'boolean', default: false },
    rebuild: { type: 'string', default: '1000000' },
    rollout: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    people: { type: 'string', default: '4' },
    from: { type: 'string', default: 'HEAD~1' },
    out: { type: 'string', default: 'reports' },
    help: { type: 'boolean', default: false },
  },
});

const drillMesh = async () => {
  const house = await foundForDrill();
  try {
    await tellStory(house, Number(values.leads));
    return await drillAll(house, { rows: Number(values.rows), byItself: values['by-itself'] });
  } finally {
    await house.stop();
  }
};

const run = async (): Promise<void> => {
  const { drilled, before, after } = await drillMesh();
  console.table(drilled);
  console.table({ before, after });
  const rebuilt = Number(values.rebuild) ? await measureRebuild(Number(values.rebuild)) : undefined;
  if (rebuilt) console.table([rebuilt]);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    join(values.out, `drill${values['by-itself'] ? '-by-itself' : ''}.json`),
    JSON.stringify({ drilled, before, after, rebuilt }, undefined, 2),
  );
  const same = JSON.stringify(before) === JSON.stringify(after) && (rebuilt?.equal ?? true);
  if (!same || drilled.some(({ equal }) => !equal)) process.exitCode = 1;
};

const replace = async (): Promise<void> => {
  const rolledOut = await drillRollout({
    from: values.from,
    only: values.only ? values.only.split(',') : [],
    people: Number(values.people),
    say: (line) => console.info(`${new Date().toISOString().slice(11, 19)} ${line}`),
  });
  console.table(rolledOut.map((each) => ({ ...each, failed: each.failed.length })));
  const failed = rolledOut.flatMap((each) => each.failed);
  for (const each of failed.slice(0, 50)) console.error(JSON.stringify(each));
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'rollout.json'), JSON.stringify(rolledOut, undefined, 2));
  if (failed.length || rolledOut.some(({ lost, entered }) => lost || !entered)) process.exitCode = 1;
};

if (values.help) console.info(HELP);
else if (values.rollout) await replace();
else await run();
