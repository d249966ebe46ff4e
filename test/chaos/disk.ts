import { execFile } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { partsOf } from '../../deploy/local/paths.ts';
import type { Mesh } from '../../deploy/local/mesh.ts';

const run = promisify(execFile);

/** A file system of a store's own, whose size is what we say: with no room left it is full for everything in it. */
type Disk = { fill: () => Promise<void>; free: () => Promise<void> };

export type Disks = { of: ReadonlyMap<string, Disk>; remove: () => Promise<void> };

/** More than a run of 200 faults writes. It lies in memory, as far as it is used. */
const ROOM = '4g';
const TRIES = 20;

const resize = (folder: string, size: string): Promise<unknown> => run('mount', ['-o', `remount,size=${size}`, folder]);

/** Cut to what is in it. It may grow while it is asked how much that is. */
const fill = async (folder: string): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    const { blocks, bfree, bsize } = statfsSync(folder);
    try {
      await resize(folder, `${Math.ceil(((blocks - bfree) * bsize) / 1_024)}k`);
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
};

/** Moves a folder onto a file system of its own. The process that works in it must be away. */
const moveOnto = async (folder: string): Promise<void> => {
  const { mode, uid, gid } = statSync(folder);
  const kept = `${folder}.kept`;
  renameSync(folder, kept);
  mkdirSync(folder);
  const options = `size=${ROOM},mode=${(mode & 0o7777).toString(8)},uid=${uid},gid=${gid}`;
  try {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'pelagic-chaos', folder]);
  } catch (error) {
    rmSync(folder, { recursive: true });
    renameSync(kept, folder);
    throw error;
  }
  await run('cp', ['-a', `${kept}/.`, folder]);
  rmSync(kept, { recursive: true });
};

/**
 * Gives PostgreSQL, NATS and ClickHouse a disk each; ClickHouse's is filled under analytics. Only who may mount can: none
 * for anybody else, and for whom stores are filled in other ways.
 */
export const giveDisks = async (mesh: Mesh): Promise<Disks> => {
  const { postgres, nats, clickhouse } = partsOf(mesh.around.dataDir);
  const stores = [
    { store: 'clickhouse', process: 'analytics', folder: clickhouse },
    { store: 'nats', process: 'nats', folder: nats },
    { store: 'postgres', process: 'postgres', folder: postgres },
  ];
  const of = new Map<string, Disk>();
  const mounted: string[] = [];
  for (const { process } of stores) await mesh.halt(process);
  try {
    for (const { store, folder } of stores) {
      await moveOnto(folder);
      mounted.push(folder);
      of.set(store, { fill: () => fill(folder), free: async () => void (await resize(folder, ROOM)) });
    }
  } catch (error) {
    if (mounted.length) throw error;
    console.info(`No disks of their own for the stores: ${(error as Error).message.split('\n').at(-2) ?? ''}`);
  }
  for (const { process } of stores.toReversed()) await mesh.restart(process);
  return {
    of,
    remove: async () => {
      for (const folder of mounted) await run('umount', ['--lazy', folder]);
    },
  };
};
