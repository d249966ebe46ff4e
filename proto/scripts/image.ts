// The descriptor image: what buf makes of the contracts, in the form the generators read.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, fromBinary, type DescFile, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Messages of Google's packages that processes use at run time: errors travel as google.rpc.Status. */
const borrowed = ['status', 'error_details'].map((file) => `node_modules/google-proto-files/google/rpc/${file}.proto`);

export interface Image {
  bytes: Uint8Array;
  registry: FileRegistry;
  /** The project's own files, in a stable order. */
  files: DescFile[];
}

const folders = new Set<string>();

export function removeTemporaryFolders(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

process.on('exit', removeTemporaryFolders);

/** The image that gRPC reflection serves: descriptors without comments and without what only buf knows. */
export function reflectionImage(): Buffer {
  const file = join(temporaryFolder(), 'image.binpb');
  buildImage(file, root, ['--as-file-descriptor-set', '--exclude-source-info']);
  return readFileSync(file);
}

/** Gone when the process ends, also when buf's refusal ends it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pelagic-proto-'));
  folders.add(folder);
  return folder;
}

/** Runs buf in `directory`. When buf refuses, its own words are all that a person needs: the process ends with them. */
export function buf(args: string[], directory = root): string {
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
  const { status, stdout, stderr } = spawnSync('buf', args, {
    cwd: directory,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
  });
  if (status === 0) return stdout;
  console.error(stderr + stdout);
  process.exit(1);
}

/** Writes the image of the contracts of a repository to `file`; the suffix decides the format. */
export function buildImage(file: string, directory = root, options: string[] = []): void {
  const packages = ['proto/contracts/crm', 'proto/contracts/pelagic'];
  buf(['build', '-o', file, ...options, ...[...packages, ...borrowed].flatMap((path) => ['--path', path])], directory);
}

export function readImage(directory = root): Image {
  const file = join(temporaryFolder(), 'image.binpb');
  buildImage(file, directory);
  const bytes = readFileSync(file);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
  const files = [...registry.files]
    .filter((file) => file.proto.package.startsWith('crm.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return { bytes, registry, files };
}
