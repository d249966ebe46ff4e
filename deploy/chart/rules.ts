import type { Variable } from '../config/settings.ts';
import type { Manifest } from './schema.ts';

type Container = { name: string; env: { name: string; value?: string; valueFrom?: unknown }[]; [key: string]: any };

const workloads = (manifests: Manifest[]): Manifest[] =>
  manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job');

const componentOf = ({ metadata }: Manifest): string => metadata.labels?.['app.kubernetes.io/component'] ?? '';

/** Every pod as the restricted Pod Security Standard wants it, with probes, requests, and nothing of the cluster's API. */
const podRules = (manifest: Manifest): string[] => {
  const { spec: pod } = manifest.spec.template;
  const container = pod.containers[0] as Container;
  const security = container['securityContext'];
  const demands: [boolean, string][] = [
    [pod.securityContext?.runAsNonRoot === true && pod.securityContext.runAsUser > 0, 'runs as root'],
    [pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'],
    [security?.allowPrivilegeEscalation === false, 'may gain privileges'],
    [security?.readOnlyRootFilesystem === true, 'writes where its program lies'],
    [security?.capabilities?.drop?.includes('ALL'), 'keeps capabilities'],
    [pod.automountServiceAccountToken === false, 'is given a token of the cluster'],
    [Boolean(container['resources']?.requests?.cpu && container['resources'].requests.memory), 'asks for no resources'],
    [Boolean(container['resources']?.limits?.memory), 'has no limit of memory'],
    [/[:@][^/]+$/.test(container['image']) && !/:latest$/.test(container['image']), 'runs an image without a version'],
  ];
  if (manifest.kind === 'Deployment')
    demands.push(
      [
        Boolean(container['startupProbe'] && container['readinessProbe'] && container['livenessProbe']),
        'lacks a probe',
      ],
      [pod.topologySpreadConstraints?.length === 2, 'is not spread over nodes and zones'],
      [pod.terminationGracePeriodSeconds >= 45, 'has no time to leave'],
      [
        Boolean(manifest.spec.template.metadata.annotations?.['checksum/config']),
        'stays as it is when its configuration changes',
      ],
    );
  return demands.filter(([holds]) => !holds).map(([, what]) => `${manifest.kind} ${manifest.metadata.name} ${what}`);
};

/** What a process is given is what it reads: nothing missing, nothing unknown, no secret in the open. */
const environmentRules = (manifest: Manifest, variables: Variable[]): string[] => {
  const { containers } = manifest.spec.template.spec as { containers: Container[] };
  const given = new Map(containers[0]!.env.map((each) => [each.name, each]));
  const read = variables.filter(({ processes }) => processes.includes(componentOf(manifest)));
  const known = new Set([...read.map(({ name }) => name), 'NODE_OPTIONS']);
  const where = `${manifest.kind} ${manifest.metadata.name}`;
  return [
    ...read
      .filter(({ name, fallback }) => fallback === undefined && !given.has(name))
      .map(({ name }) => `${where} lacks ${name}`),
    ...[...given.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `${where} is given ${name}, which nobody reads`),
    ...read
      .filter(({ name, secret }) => secret && given.get(name)?.value !== undefined)
      .map(({ name }) => `${where} shows ${name}`),
  ];
};

/** A Deployment that may have several replicas has a budget; one that scales has no number of its own. */
const availabilityRules = (manifests: Manifest[]): string[] => {
  const of = (kind: string) => manifests.filter((each) => each.kind === kind);
  const scaled = new Set(of('HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name as string));
  const budgets = new Set(of('PodDisruptionBudget').map(({ metadata }) => metadata.name));
  return of('Deployment').flatMap(({ metadata: { name }, spec }) => [
    ...(scaled.has(name) && spec.replicas !== undefined ? [`${name} is scaled and has a number of replicas`] : []),
    ...((scaled.has(name) || spec.replicas > 1) !== budgets.has(name)
      ? [`${name} and its disruption budget disagree`]
      : []),
    ...(scaled.has(name) && spec.strategy.type !== 'RollingUpdate' ? [`${name} scales and is replaced at once`] : []),
  ]);
};

/** Every `<NAME>_ADDRESS` has a line out of its process and one into the other, and no peer is everybody. */
const networkRules = (manifests: Manifest[]): string[] => {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const wrong: string[] = [];
  const named = (peer: any): string => peer.podSelector?.matchLabels?.['app.kubernetes.io/component'] ?? '';
  const lines = (side: 'egress' | 'ingress', peers: 'to' | 'from') =>
    policies.flatMap((policy) =>
      (policy.spec[side] ?? []).flatMap((rule: any) => {
        if (!rule[peers]?.length || !rule.ports?.length) wrong.push(`${policy.metadata.name} lets everybody through`);
        return (rule[peers] ?? []).filter(named).map((peer: any) => {
          const own = policy.spec.podSelector.matchLabels['app.kubernetes.io/component'] as string;
          return side === 'egress' ? `${own}→${named(peer)}` : `${named(peer)}→${own}`;
        });
      }),
    );
  const [out, into] = [new Set(lines('egress', 'to')), new Set(lines('ingress', 'from'))];
  const asked = new Set(
    workloads(manifests)
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap((manifest) =>
        (manifest.spec.template.spec.containers[0] as Container).env
          .filter(({ name, value }) => name.endsWith('_ADDRESS') && !value?.startsWith('127.'))
          .map(({ name }) => `${componentOf(manifest)}→${name.replace(/_ADDRESS$/, '').toLowerCase()}`),
      ),
  );
  if (!policies.some(({ spec }) => !spec.ingress && !spec.egress && spec.policyTypes.length === 2))
    wrong.push('nothing is denied');
  for (const line of asked) if (!out.has(line) || !into.has(line)) wrong.push(`there is no line ${line}`);
  for (const line of new Set([...out, ...into])) if (!asked.has(line)) wrong.push(`nobody needs the line ${line}`);
  return wrong;
};

/** What no schema says. `metrics`: names that the processes publish. */
export const breaches = (manifests: Manifest[], variables: Variable[], metrics: Set<string>): string[] => [
  ...workloads(manifests).flatMap((manifest) => [...podRules(manifest), ...environmentRules(manifest, variables)]),
  ...availabilityRules(manifests),
  ...networkRules(manifests),
  ...manifests
    .filter(({ kind }) => kind === 'Secret')
    .map(({ metadata }) => `the secret ${metadata.name} is in the chart`),
  ...manifests
    .flatMap(({ spec }) => (spec?.metrics ?? []) as { pods?: { metric: { name: string } } }[])
    .flatMap(({ pods }) =>
      pods && !metrics.has(pods.metric.name) ? [`no process publishes ${pods.metric.name}`] : [],
    ),
];
