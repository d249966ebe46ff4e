import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const onLinux = process.platform === 'linux';

/** A process as the lock file remembers it. A pid alone is not enough: the kernel hands pids out again. */
export interface ProcessMark {
  pid: number;
  /** When this pid was born, opaque; two processes never share both pid and birth. */
  born: string;
}

/** The birth of a living process, undefined when there is none (a zombie counts as none). */
export function birthOf(pid: number): string | undefined {
  if (!onLinux) return birthByPs(pid);
  const stat = readText(`/proc/${pid}/stat`);
  if (!stat) return undefined;
  // The command in parentheses may itself hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z') return undefined;
  // Field 22 counts clock ticks since boot, so it only means something together with the boot.
  return `${readText('/proc/sys/kernel/random/boot_id')?.trim()}:${fields[19]}`;
}

export function markOf(pid: number): ProcessMark | undefined {
  const born = birthOf(pid);
  return born === undefined ? undefined : { pid, born };
}

export function isAlive(mark: ProcessMark): boolean {
  return birthOf(mark.pid) === mark.born;
}

/** Command line of a process, empty when there is none. */
export function commandOf(pid: number): string {
  const text = onLinux ? readText(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') : ps(pid, 'command=');
  return (text ?? '').trim();
}

/** Sends the signals one after another until the process is gone, waiting `graceMs` after each; false when it survives them all. */
export async function endProcess(mark: ProcessMark, signals: NodeJS.Signals[], graceMs: number): Promise<boolean> {
  for (const signal of signals) {
    if (!isAlive(mark)) return true;
    try {
      process.kill(mark.pid, signal);
    } catch {
      // It ended between the look and the signal, or belongs to someone else: the next look tells.
    }
    const until = Date.now() + graceMs;
    while (isAlive(mark) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return !isAlive(mark);
}

/** Every process below `root`, and `root` itself. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of processes()) children.set(parent, [...(children.get(parent) ?? []), pid]);
  const tree: number[] = [];
  const todo = [root];
  for (let pid = todo.pop(); pid !== undefined; pid = todo.pop()) {
    tree.push(pid);
    todo.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** Who listens on a TCP port of this machine, when it can be known (Linux, and only for processes that we may look into). */
export function listenerOn(port: number): { pid: number; command: string } | undefined {
  if (!onLinux) return undefined;
  const sockets = listeningSockets(port);
  if (sockets.size === 0) return undefined;
  for (const { pid } of processes()) {
    if (openFiles(pid).some((file) => sockets.has(file))) return { pid, command: commandOf(pid) };
  }
  return undefined;
}

function listeningSockets(port: number): Set<string> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readText(file)?.split('\n').slice(1) ?? []);
  const sockets = new Set<string>();
  for (const line of lines) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (state === '0A' && local?.endsWith(`:${hexPort}`)) sockets.add(`socket:[${inode}]`);
  }
  return sockets;
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return []; // closed since the listing
      }
    });
  } catch {
    return []; // another user's process
  }
}

function processes(): { pid: number; parent: number }[] {
  if (!onLinux) return processesByPs();
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    const stat = Number.isInteger(pid) ? readText(`/proc/${pid}/stat`) : undefined;
    if (!stat) return [];
    return [{ pid, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) }];
  });
}

function processesByPs(): { pid: number; parent: number }[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return { pid: pid ?? 0, parent: parent ?? 0 };
  });
}

function birthByPs(pid: number): string | undefined {
  return ps(pid, 'lstart=') || undefined;
}

function ps(pid: number, format: string): string {
  try {
    return execFileSync('ps', ['-o', format, '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return ''; // ps exits with 1 when there is no such process
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // the process ended, or its files are not ours to read
  }
}
