import { expect, it } from 'vitest';
import { Problem } from '@pelagic/chassis/problem';
import { openDirectory } from '../../directory/directory.ts';
import type { Engine } from '../../engine/engine.ts';
import { HOSTILE } from '../../testing/hostile.ts';
import { reader } from '../../testing/house.ts';
import { understand } from '../statement.ts';

const NOUNS = [
  'lead',
  'customer',
  'contact',
  'opportunity',
  'contract',
  'receipt',
  'target',
  'activity',
  'task',
  'ticket',
];

const caller = reader(
  { ...Object.fromEntries(NOUNS.map((noun) => [`${noun}.read`, 'OWN' as const])), 'analytics.query': 'ALL' },
  { fields: { contact: { hidden: ['name'] } } },
);
const directory = openDirectory({} as Engine).now();
const around = { caller, directory, now: new Date('2026-11-01T00:00:00Z'), database: 'default' };

const outcomeOf = (statement: string): string => {
  try {
    return `passed as ${understand({ statement, parameters: {} }, around).sql}`;
  } catch (error) {
    return error instanceof Problem ? error.reason : String(error);
  }
};

it('knows at least 500 hostile statements, each once', () => {
  expect(new Set(HOSTILE.map(({ statement }) => statement)).size).toBe(HOSTILE.length);
  expect(HOSTILE.length).toBeGreaterThanOrEqual(500);
});

it('refuses every hostile statement for its reason', () => {
  const outcomes = HOSTILE.map(({ statement }) => ({ statement, reason: outcomeOf(statement) }));
  expect(outcomes).toEqual(HOSTILE);
});

it('says in which line and column', () => {
  expect(() => understand({ statement: 'select name\nfrom leads\n  prewhere 1', parameters: {} }, around)).toThrow(
    expect.objectContaining({ reason: 'SQL_CLAUSE', params: { line: '3', column: '3', what: 'PREWHERE' } }),
  );
});
