// `npm run k8s`: lints the Helm chart, renders its profiles, and holds what comes out to the API of Kubernetes and to our rules.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { allVariables } from '../config/settings.ts';
import { PROCESSES } from '../local/processes.ts';
import { ROOT } from '../local/paths.ts';
import { breaches } from './rules.ts';
import { judge, type Manifest } from './schema.ts';
import { findHelm, kubernetesDefinitions } from './tools.ts';

const PROFILES = ['small', 'ha'];
const CHART = join(ROOT, 'k8s/pelagic');

const helm = await findHelm((version) => console.info(`Building helm ${version}; this takes some minutes, once.`));
const mistakesOf = judge(await kubernetesDefinitions());
const variables = await allVariables();
const metrics = new Set(
  execFileSync('git', ['grep', '-hoE', "name: '[a-z_]+_(pending|waiting|total|seconds)'", '--', '*.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .map((line) => line.slice("name: '".length, -1)),
);

const check = (profile: string): { objects: number; wrong: string[] } => {
  const files = [join(CHART, `values-${profile}.yaml`), join(ROOT, 'k8s/example-values.yaml')].flatMap((file) => [
    '--values',
    file,
  ]);
  execFileSync(helm, ['lint', '--strict', CHART, ...files], { encoding: 'utf8' });
  const text = execFileSync(helm, ['template', 'pelagic', CHART, '--namespace', 'crm', ...files], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const manifests = parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  const missing = PROCESSES.filter(
    ({ name }) => !manifests.some(({ kind, metadata }) => kind === 'Deployment' && metadata.name === `pelagic-${name}`),
  );
  return {
    objects: manifests.length,
    wrong: [
      ...missing.map(({ name }) => `${name} is not deployed`),
      ...manifests.flatMap((manifest) =>
        mistakesOf(manifest).map((mistake) => `${manifest.kind} ${manifest.metadata.name}: ${mistake}`),
      ),
      ...breaches(manifests, variables, metrics),
    ],
  };
};

for (const profile of PROFILES) {
  const { objects, wrong } = check(profile);
  console.info(`${profile}: ${objects} objects, ${wrong.length ? `${wrong.length} wrong` : 'all as they should be'}`);
  for (const each of wrong) console.error(`  ${each}`);
  if (wrong.length) process.exitCode = 1;
}
