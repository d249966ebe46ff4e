import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import { functionLength } from './eslint/function-length.js';

const TYPESCRIPT = ['**/*.ts', '**/*.svelte'];
const TESTS = ['**/*.test.ts', '**/testing/**', '**/testing.ts', '**/fixtures/**', '**/*.arbitrary.ts', 'test/**'];

/** The rule files: lead/lead.ts and its like, the file of a noun of the contract. */
const contract = JSON.parse(readFileSync(new URL('proto/gen/contract.json', import.meta.url), 'utf8'));
const RULE_FILES = contract.messages
  .flatMap(({ noun }) => noun?.replaceAll('_', '-') ?? [])
  .map((noun) => `services/*/src/${noun}/${noun}.ts`);

/** House law that a selector can see. Each entry says what to do instead. */
const LAW = [
  {
    selector: 'ExportAllDeclaration[exportKind!="type"]',
    message: 'No barrels: import from the file that has it.',
  },
  {
    selector: 'ClassDeclaration[superClass]:not([superClass.name=/Error$/])',
    message: 'No base classes: write a function that both call.',
  },
];

/** What a process reads from outside is listed by one command, from the one place where it is declared. */
const ENVIRONMENT = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'Declare the variable in the config.ts of the process (name, meaning, default): readConfig reads it.',
  },
];

const REAL_CLOCK = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'A rule does not read the clock: take the time as an argument, or now() of @pelagic/chassis/clock.',
  },
  {
    selector: 'CallExpression[callee.object.name="Date"][callee.property.name="now"]',
    message: 'A rule does not read the clock: take the time as an argument, or now() of @pelagic/chassis/clock.',
  },
];

const TEST_LAW = [
  {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(only|skip|todo|fails)$/]',
    message: 'Every test runs. What needs something that may be missing says so: it.skipIf(…).',
  },
  {
    selector: 'CallExpression[callee.object.name="vi"][callee.property.name=/^(mock|doMock)$/]',
    message: 'No mocks of our own code: start the real engine (test/global-setup.ts, @pelagic/chassis/testing).',
  },
];

export default ts.config(
  {
    ignores: [
      '**/build/**',
      '**/.svelte-kit/**',
      '**/.turbo/**',
      '.data*/**',
      'proto/gen/**',
      'web/src/lib/api/schema.d.ts',
      'web/src/lib/paraglide/**',
      // Code of others kept as it is, and what another runtime runs.
      'test/bench/bare-chain/**',
      'test/bench/load.js',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  prettier,
  svelte.configs.prettier,
  {
    languageOptions: { globals: globals.node },
    plugins: { pelagic: { rules: { 'function-length': functionLength } } },
    rules: {
      // Prettier owns the form; what is left here finds mistakes or keeps the house law.
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
      'max-lines': ['error', { max: 300 }],
      'pelagic/function-length': ['error', { max: 70 }],
      'no-restricted-syntax': ['error', ...LAW],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      // Names and texts of people are checked for control characters by pattern.
      'no-control-regex': 'off',
      // Takes `#timer ??= …` for a mere write; the compiler finds those that nobody reads.
      'no-unused-private-class-members': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Tables differ by service and messages by noun: `any` stands where a type cannot say so.
      '@typescript-eslint/no-explicit-any': 'off',
      // noUncheckedIndexedAccess makes it necessary where a bound was checked one line above.
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  // The compiler knows better what is defined.
  { files: TYPESCRIPT, rules: { 'no-undef': 'off' } },
  {
    // Not for components: each that is looked at makes TypeScript begin its program anew, more than a minute in all.
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['web/**/*.svelte', 'web/**/*.ts'],
    languageOptions: { globals: globals.browser, parserOptions: { parser: ts.parser } },
    rules: {
      // `let { a, b = $bindable() } = $props()` is how Svelte writes it.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // Sets and maps are replaced whole ($state.raw), not changed in place.
      'svelte/prefer-svelte-reactivity': 'off',
      // The web stands at the root of its origin; there is no base path to resolve against.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['web/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['services/**/*.ts', 'capabilities/**/*.ts', 'chassis/**/*.ts', 'gateway/**/*.ts', 'analytics/**/*.ts'],
    // One log line per rpc or message, in JSON, with the trace: the log of the chassis.
    rules: { 'no-console': 'error' },
  },
  {
    files: ['{chassis,capabilities,services,gateway,analytics,proto}/**/src/**/*.ts', 'web/src/**/*.{ts,svelte}'],
    rules: { 'no-restricted-syntax': ['error', ...LAW, ...ENVIRONMENT] },
  },
  { files: ['chassis/src/config.ts'], rules: { 'no-restricted-syntax': ['error', ...LAW] } },
  { files: RULE_FILES, rules: { 'no-restricted-syntax': ['error', ...LAW, ...ENVIRONMENT, ...REAL_CLOCK] } },
  {
    files: TESTS,
    rules: {
      'no-restricted-syntax': ['error', ...LAW, ...TEST_LAW],
      // A `describe` is as long as its tests.
      'pelagic/function-length': 'off',
    },
  },
);
