import { relative } from 'node:path';
import { Failure } from './failure.ts';
import type { Memory } from './memory.ts';
import type { Login } from './installation.ts';
import type { MeshEvent } from './mesh.ts';

const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code: number, text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);
const bold = (text: string) => paint(1, text);
const faint = (text: string) => paint(2, text);
const green = (text: string) => paint(32, text);
const yellow = (text: string) => paint(33, text);
const red = (text: string) => paint(31, text);

const NAME_WIDTH = 12;

export function tell(line = ''): void {
  process.stdout.write(`${line}\n`);
}

export function tellDone(what: string, note: string): void {
  tell(`  ${green('✓')} ${what.padEnd(NAME_WIDTH)} ${faint(note)}`);
}

export function tellWarning(what: string, note: string): void {
  tell(`  ${yellow('!')} ${what.padEnd(NAME_WIDTH)} ${note}`);
}

export function tellEvent(event: MeshEvent): void {
  if (event.kind === 'ready')
    return tellDone(event.name, `${event.again ? 'up again' : 'ready'} after ${seconds(event.tookMs)}`);
  if (event.kind === 'begins') return tell(faint(`  … ${event.what}`));
  if (event.kind === 'done') return tellDone(event.what, `done in ${seconds(event.tookMs)}`);
  if (event.kind === 'died') {
    return tellWarning(
      event.name,
      `${event.how}; starting it again in ${seconds(event.retryInMs)} ${faint(`(${short(event.log)})`)}`,
    );
  }
  const left = event.names.length > 0 ? `; ended what it left running: ${event.names.join(', ')}` : '';
  tellWarning('last run', `it ended without stopping${left}`);
}

export function tellReady(ready: { url: string; tookMs: number; memory: Memory; logs: string }): void {
  const { megabytes, measure } = ready.memory;
  tell();
  tell(`  ${bold('Pelagic is ready:')} ${bold(paint(36, ready.url))}`);
  tell(
    faint(
      `  ${seconds(ready.tookMs)} since the start · ${megabytes} MB of memory (${measure}) · logs in ${short(ready.logs)} · Ctrl-C stops it`,
    ),
  );
}

export function tellLogins(logins: Login[]): void {
  if (logins.length === 0) return;
  const width = Math.max(...logins.map(({ login }) => login.length));
  tell();
  tell('  The demo enterprise; sign in as');
  for (const { login, password, name, role } of logins) {
    tell(`    ${login.padEnd(width)}  ${password}  ${name}, ${faint(role)}`);
  }
}

export function tellFirstLink(url: string): void {
  tell();
  tell(`  Make the first administrator with this link; it works once: ${bold(url)}`);
}

/** What went wrong and what to do. A defect is shown with its stack. */
export function tellFailure(error: unknown): void {
  if (error instanceof Failure) {
    process.stderr.write(`\n  ${red('✗')} ${error.message}\n\n  ${error.advice}\n\n`);
    return;
  }
  const text = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`\n  ${red('✗')} Something unforeseen went wrong; please report it.\n${text}\n\n`);
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function short(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
