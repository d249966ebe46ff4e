import { expect, it } from 'vitest';
import { traceparent } from './traceparent.ts';

it('begins a trace of its own with each request', () => {
  const headers = Array.from({ length: 100 }, traceparent);
  for (const header of headers) expect(header).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(new Set(headers.map((header) => header.split('-')[1])).size).toBe(100);
});
