import { expect, it } from 'vitest';
import { isProofDue } from './proof-time.ts';

const ZONE = 'Asia/Shanghai';
const at = (time: string): Date => new Date(`2026-03-${time}+08:00`);

it.each([
  ['in the night after an evening when somebody asked for it', '02T18:00', '03T02:00', false],
  ['in the next', '02T18:00', '04T01:00', true],
  ['in the night after one that was compared', '02T02:00', '03T01:00', true],
  ['once a night', '03T01:00', '03T04:59', false],
  ['not at day', '02T02:00', '03T14:00', false],
  ['at day where nothing ran for two nights', '02T02:00', '04T14:00', true],
])('compares event by event %s: %s, %s', (_when, last, now, due) => {
  expect(isProofDue({ last: at(last), started: at(last) }, at(now), ZONE)).toBe(due);
});

it('goes by the night of the enterprise', () => {
  const [last, now] = [new Date('2026-03-02T00:00Z'), new Date('2026-03-03T02:00Z')];
  const begun = { last, started: last };
  expect(isProofDue(begun, now, 'Europe/London')).toBe(true);
  expect(isProofDue(begun, now, ZONE)).toBe(false);
});

it('compares an installation for the first time when it has run for an hour', () => {
  const begun = { last: undefined, started: at('02T10:00') };
  expect(isProofDue(begun, at('02T10:59'), ZONE)).toBe(false);
  expect(isProofDue(begun, at('02T11:01'), ZONE)).toBe(true);
});
