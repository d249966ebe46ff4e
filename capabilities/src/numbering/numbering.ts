import { AsyncLocalStorage } from 'node:async_hooks';
import { today } from '@pelagic/chassis/enterprise';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { sql, type Kysely } from 'kysely';

/** Numbers reserved at a time; what a process that dies had reserved becomes a gap. */
const BLOCK = 50;

type Block = { period: string; next: number; end: number };

export type Numbering = (noun: string) => Promise<string>;

const onTrial = new AsyncLocalStorage<true>();

/** Work that is rolled back anyway, such as the dry run of an import, uses up no numbers. */
export const withoutNumbers = <T>(work: () => Promise<T>): Promise<T> => onTrial.run(true, work);

/**
 * Human numbers: LEAD-2026-000123, counted per noun and calendar year of the business date. Unique, with gaps: the
 * block is reserved outside of the transaction that uses it (on `database.aside`), so that creates do not queue for
 * one row.
 */
export const numbering = (db: () => Kysely<any>, prefixes: Record<string, string>): Numbering => {
  const blocks = new Map<string, Block>();
  const reserving = new Map<string, Promise<Block>>();
  const reserve = async (noun: string, period: string): Promise<Block> => {
    const { rows } = await sql<{ next: string }>`
      insert into number_series (noun, period, next) values (${noun}, ${period}, ${BLOCK + 1})
      on conflict (noun, period) do update set next = number_series.next + ${BLOCK} returning next`.execute(db());
    const end = Number(rows[0]!.next);
    return { period, next: end - BLOCK, end };
  };
  return async (noun) => {
    if (onTrial.getStore()) return `TRIAL-${uuidv7()}`;
    const period = today().slice(0, 4);
    const key = `${noun}/${period}`;
    let block = blocks.get(key);
    while (!block || block.next >= block.end) {
      let running = reserving.get(key);
      if (!running) reserving.set(key, (running = reserve(noun, period).finally(() => reserving.delete(key))));
      const reserved = await running;
      block = blocks.get(key);
      if (!block || block.next >= block.end) blocks.set(key, (block = reserved));
    }
    const number = block.next;
    block.next += 1;
    return `${prefixes[noun] ?? noun.toUpperCase()}-${period}-${String(number).padStart(6, '0')}`;
  };
};
