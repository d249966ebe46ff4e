import { get } from 'node:http';

const TIMEOUT_MS = 2_000;

/**
 * Status that a URL answers with, undefined when nothing comes within two seconds. On a connection of its own, cut at the
 * limit: a process that hangs while it starts must not keep the probe waiting after it is well again.
 */
export function probe(url: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false }, (response) => {
      response.resume().once('close', () => resolve(response.statusCode));
    });
    const limit = setTimeout(() => request.destroy(), TIMEOUT_MS);
    request.on('error', () => {}); // refused, cut or reset: `close` follows
    request.once('close', () => {
      clearTimeout(limit);
      resolve(undefined);
    });
  });
}
