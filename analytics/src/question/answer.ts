import type { Caller } from '@pelagic/chassis/caller';
import { now, dateIn } from '@pelagic/chassis/clock';
import { enterprise } from '@pelagic/chassis/enterprise';
import type { AskQuestionResponse, Cell, Question, ResultRow } from '@pelagic/proto/crm/analytics/v1/analytics';
import type { Directory } from '../directory/directory.ts';
import type { Engine, Row } from '../engine/engine.ts';
import { asked, type Asked } from './asked.ts';
import { addsUp, compile, withoutKeys } from './compile.ts';
import { figure } from './figure.ts';
import { labelOf, namesIn } from './labels.ts';
import { ask } from './limits.ts';
import { bucketsOf } from './period.ts';
import type { Circumstances } from './source.ts';

export const circumstances = (caller: Caller, { tree }: Directory): Circumstances => ({
  caller,
  tree,
  fiscalStart: enterprise().fiscalYearStartMonth,
  now: now(),
  today: dateIn(enterprise().timeZone),
});

const cellsOf = ({ measures, compare }: Asked, row: Row | undefined): Cell[] =>
  measures.map((measure, index) => ({
    value: figure(measure, row?.[`v${index}_0`], row?.[`w${index}_0`]),
    compare: compare ? figure(measure, row?.[`v${index}_1`], row?.[`w${index}_1`]) : '',
  }));

/** With a grain alone every period is answered, also those of nothing: a line must not jump over them. */
const everyPeriod = (question: Asked, rows: Row[], { fiscalStart }: Circumstances): Row[] => {
  const { grain, dimensions, period, order } = question;
  if (!grain || dimensions.length || order.by !== 'key') return rows;
  const byStart = new Map(rows.map((row) => [row['k0'], row]));
  return bucketsOf(period, grain, fiscalStart).map(({ start }) => byStart.get(start) ?? { k0: start });
};

export const answer = async (
  engine: Engine,
  directory: Directory,
  caller: Caller,
  question: Question,
): Promise<Omit<AskQuestionResponse, 'freshness'>> => {
  const understood = asked(question, directory, caller);
  const around = circumstances(caller, directory);
  const purpose = `analytics ask ${understood.cube.noun}`;
  const { limit } = understood;
  const keyed = understood.grain !== undefined || understood.dimensions.length > 0;
  const told = keyed
    ? ask<Row>(engine, compile({ ...understood, limit: limit + 1 }, around), purpose)
    : Promise.resolve([]);
  const apart =
    keyed && addsUp(understood)
      ? Promise.resolve([])
      : ask<Row>(engine, compile(withoutKeys(understood), around), `${purpose} totals`);
  const [found, [sum]] = await Promise.all([told, apart]);
  const totals = sum ?? found.find(({ total }) => Number(total));
  const all = everyPeriod(
    understood,
    found.filter(({ total }) => !Number(total)),
    around,
  );
  const rows = all.slice(0, limit);
  const shift = understood.grain ? 1 : 0;
  const keysOf = (row: Row): string[] =>
    understood.dimensions.map((_, index) => String(row[`k${index + shift}`] ?? ''));
  const names = await namesIn(engine, caller, around.now, understood.dimensions, rows.map(keysOf));
  const resultOf = (row: Row): ResultRow => {
    const keys = keysOf(row);
    const labels = understood.dimensions.map((dimension, index) =>
      labelOf(dimension, keys[index]!, directory, caller, names),
    );
    const period = shift ? [String(row['k0'])] : [];
    return { keys: [...period, ...keys], labels: [...period, ...labels], cells: cellsOf(understood, row) };
  };
  return { rows: rows.map(resultOf), totals: cellsOf(understood, totals), more: all.length > limit };
};
