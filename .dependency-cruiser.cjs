// Imports run one way: proto ← chassis ← capabilities ← services, gateway, analytics; web imports only types generated
// from openapi.json. Each rule's comment says what to do instead.

const TEST = '(\\.test\\.ts$|\\.arbitrary\\.ts$|/testing/|/testing\\.ts$|/fixtures/|^test/)';

/** What lies above each layer and may therefore not be imported by it. */
const layer = (name, from, above, instead) => ({
  name,
  severity: 'error',
  comment: instead,
  from: { path: from },
  to: { path: `^(${above.join('|')})/` },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer(
      'proto-knows-nobody',
      '^proto/',
      ['chassis', 'capabilities', 'services', 'gateway', 'analytics', 'web', 'deploy'],
      'The contracts stand alone. Move what you need into proto/src when it follows from the contracts, else write it where it is used.',
    ),
    layer(
      'chassis-knows-only-proto',
      '^chassis/',
      ['capabilities', 'services', 'gateway', 'analytics', 'web', 'deploy'],
      'The chassis has no business words. Take what you need as an argument: the service that starts the part knows it.',
    ),
    layer(
      'capabilities-know-no-noun',
      '^capabilities/',
      ['services', 'gateway', 'analytics', 'web', 'deploy'],
      'A capability is mounted per noun and learns about it from there: add a field to its options and let the service fill it in.',
    ),
    {
      name: 'services-do-not-import-each-other',
      severity: 'error',
      comment:
        'Ask by rpc (connect of @pelagic/chassis/client) when you need an answer now; react to the other’s events for everything else.',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    layer(
      'services-know-no-edge',
      '^services/',
      ['gateway', 'analytics', 'web', 'deploy'],
      'A service is told its surroundings by its environment (config.ts), and is called by its contract.',
    ),
    layer(
      'gateway-knows-no-rules',
      '^gateway/',
      ['services', 'analytics', 'web', 'deploy'],
      'The gateway serves what the contracts say. Put rules into the service, and what several services need into the contract.',
    ),
    layer(
      'analytics-listens',
      '^analytics/',
      ['services', 'gateway', 'web', 'deploy'],
      'Analytics hears everything on the bus: add what is missing to the event’s message.',
    ),
    {
      name: 'web-knows-the-api-only',
      severity: 'error',
      comment:
        'The web speaks HTTP: use the client of #lib/api, whose types come from docs/openapi.json by `npm run generate`. What is missing there belongs into the contract.',
      from: { path: '^web/' },
      to: { path: '^(proto|chassis|capabilities|services|gateway|analytics|deploy)/' },
    },
    layer(
      'deploy-starts-processes',
      '^deploy/',
      ['capabilities', 'services', 'gateway', 'analytics', 'web'],
      'Name the file of the process in specs.ts; deploy starts it and tells it its surroundings by environment.',
    ),
    {
      name: 'named-by-the-trade',
      severity: 'error',
      comment: 'A file is named by what it is about, in the words of the trade, not by its shape.',
      from: {},
      to: { path: '(^|/)(utils?|helpers?|managers?|misc)(/|\\.)', pathNot: 'node_modules/' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      comment:
        'Two files that need each other are one thing or three: put what both need into a file of its own, or hand it in as an argument.',
      // On a page's folder the noun names its actions and these name the noun: functions only, read when they are called.
      from: { pathNot: '^web/src/routes/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-in-production',
      severity: 'error',
      comment:
        'What tests need stays in tests. When production needs it too, move it into a file without `test` in its name.',
      from: { pathNot: TEST },
      to: { path: TEST },
    },
    {
      name: 'no-test-in-tests',
      severity: 'error',
      comment: 'A test file is nobody’s library: put what two tests share into a testing/ folder beside them.',
      from: { path: TEST },
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'no-dev-package-in-production',
      severity: 'error',
      comment: 'It is not installed in production: move it to `dependencies` of the workspace, or do without.',
      from: { path: '^(proto|chassis|capabilities|services|gateway|analytics)/.*src/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'packages-are-declared',
      severity: 'error',
      comment: 'It works only because another workspace installed it: add it to this workspace’s package.json.',
      from: { path: '^(proto|chassis|capabilities|services|gateway|analytics|deploy)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment:
        'There is no such file or package: mend the path (imports end in .ts), or add the package. Kit makes $app and $types.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\$app/|\\$env/|\\./\\$types$)' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^proto/gen/'] },
    exclude: { path: ['(^|/)build/', '^test/bench/load\\.js$', '\\.svelte-kit/', 'web/src/lib/paraglide/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.svelte', '.json', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
    reporterOptions: { text: { highlightFocused: true } },
  },
};
