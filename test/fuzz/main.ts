import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHouse } from './house.ts';
import { tell } from './report.ts';
import { fuzz, sharesOf } from './run.ts';
import { schemathesis, settleSchemathesis } from './schemathesis.ts';

const HELP = `Sends what nobody should send: over REST, gRPC, the bus and into the figures.

  --seed=1           the same seed makes the same choices; ids are new in every run
  --requests=200000  of all four kinds together
  --schemathesis=30  minutes of Schemathesis over both roles beside them; 0: none
  --out=reports      where the figures go`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '200000' },
    schemathesis: { type: 'string', default: '30' },
    out: { type: 'string', default: 'reports' },
    help: { type: 'boolean', default: false },
  },
});

const run = async (): Promise<void> => {
  const seed = Number(values.seed);
  const minutes = Number(values.schemathesis);
  // Before anything starts: without it there is nothing to run.
  const program = minutes ? settleSchemathesis() : undefined;
  const house = await openHouse(seed);
  try {
    const outcome = await fuzz(house, seed, sharesOf(Number(values.requests)));
    if (program) outcome.faults.push(...(await schemathesis(program, house, { seed, minutes, out: values.out })));
    tell(outcome);
    mkdirSync(values.out, { recursive: true });
    writeFileSync(join(values.out, `fuzz-${seed}.json`), JSON.stringify(outcome, undefined, 2));
    if (outcome.faults.length) process.exitCode = 1;
  } finally {
    await house.enterprise.stop();
  }
};

if (values.help) console.info(HELP);
else await run();
