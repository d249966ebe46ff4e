import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../local/paths.ts';

const run = promisify(execFile);

const HELM_VERSION = '4.3.1';
/** The release whose API the rendered objects are held to. */
const KUBERNETES_VERSION = '1.37.2';
const INSTALL_MS = 1_200_000;

/** Helm of the version that this repository was checked with: built once, by Go, in some minutes. */
export const findHelm = async (onBuild: (version: string) => void): Promise<string> => {
  const folder = join(ROOT, 'node_modules/.cache/pelagic-k8s', `helm-${HELM_VERSION}`);
  const helm = join(folder, 'helm');
  if (existsSync(helm)) return helm;
  onBuild(HELM_VERSION);
  mkdirSync(folder, { recursive: true });
  await run('go', ['install', `helm.sh/helm/v4/cmd/helm@v${HELM_VERSION}`], {
    cwd: tmpdir(),
    env: { ...process.env, GOBIN: folder, GOFLAGS: '' },
    timeout: INSTALL_MS,
  });
  return helm;
};

export type Definition = {
  type?: string;
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
};

/** The OpenAPI definitions of Kubernetes, from its own repository by the Go module proxy. */
export const kubernetesDefinitions = async (): Promise<Record<string, Definition>> => {
  const { stdout } = await run('go', ['mod', 'download', '-json', `k8s.io/kubernetes@v${KUBERNETES_VERSION}`], {
    cwd: tmpdir(),
    env: { ...process.env, GOFLAGS: '' },
    timeout: INSTALL_MS,
  });
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const { definitions } = JSON.parse(readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8')) as {
    definitions: Record<string, Definition>;
  };
  return definitions;
};
