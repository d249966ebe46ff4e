import { afterEach, expect, it, vi } from 'vitest';
import { api } from './client.ts';

afterEach(() => vi.unstubAllGlobals());

it('sends the trace and the language with every request', async () => {
  const sent: Request[] = [];
  vi.stubGlobal('location', { origin: 'http://pelagic.test' });
  const fetch = (request: Request) => (sent.push(request), Promise.resolve(Response.json({ sessions: [] })));
  await api.GET('/v1/sessions', { baseUrl: 'http://pelagic.test', fetch });
  expect(sent[0]?.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  expect(sent[0]?.headers.get('accept-language')).toBeTruthy();
});
