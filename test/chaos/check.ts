import { checkAnswers } from './checks/answers.ts';
import { checkEffects } from './checks/effects.ts';
import { checkClickhouse } from './checks/facts.ts';
import { checkLedgers } from './checks/ledgers.ts';
import { checkMoney } from './checks/money.ts';
import { checkOutside } from './checks/outside.ts';
import { checkTold } from './checks/told.ts';
import type { Difference, Finding } from './difference.ts';
import type { Waiting } from './drain.ts';
import type { Op } from './history.ts';
import { readLedger, type Ledger } from './ledger.ts';
import type { World } from './world.ts';

export type Verdict = {
  findings: Finding[];
  differences: Difference[];
  events: number;
  /** Events that the stream holds twice: allowed, as long as nothing comes of it. */
  twiceInStream: number;
  ledger: Ledger;
};

/** Compares everything with everything; `beganAt` is when the history began, in milliseconds since 1970. */
export const check = async (world: World, ops: Op[], beganAt: number, left: Waiting): Promise<Verdict> => {
  const ledger = await readLedger(world);
  const { findings: ledgers, twice } = checkLedgers(ledger);
  const stuck: Finding = {
    check: 'drained',
    compared: 1,
    differences: Object.entries(left).map(([what, count]) => ({
      check: 'drained',
      kind: 'stuck',
      what: `${what}: ${count}`,
    })),
  };
  const findings = [
    stuck,
    ...checkAnswers(ops, ledger, beganAt),
    ...ledgers,
    ...checkEffects(ledger),
    ...checkTold(ledger),
    ...checkClickhouse(ledger),
    checkMoney(ledger),
    checkOutside(ledger),
  ];
  const differences = findings.flatMap((finding) => finding.differences);
  return { findings, differences, events: ledger.events.length, twiceInStream: twice, ledger };
};

/** Those that were not there before: for several runs in one world. */
export const newIn = (differences: Difference[], before: Difference[]): Difference[] => {
  const known = new Set(before.map(({ check: name, kind, what }) => `${name} ${kind} ${what}`));
  return differences.filter(({ check: name, kind, what }) => !known.has(`${name} ${kind} ${what}`));
};
