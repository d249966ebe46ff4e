import { byReaders, type Variable } from './settings.ts';

const BEFORE = `# Configuration

Every process is configured by environment variables and by nothing else. This page is made from the places where the processes
declare them (\`npm run -w deploy generate\`); \`npm run -s config\` prints the same, \`npm run -s config -- --process=gateway\` those
of one process, \`--json\` for machines. A process that lacks one, or cannot read one, says so of all of them at once and does not start;
with \`--check\` it does only that. At the start it prints what it read, secrets masked.

Of the collector of traces, the further variables of OpenTelemetry (\`OTEL_*\`) hold too; of Node, \`NODE_OPTIONS\` and
\`NODE_EXTRA_CA_CERTS\`. What \`npm start\` reads is in [Install and run](install.md).
`;

const ending = ({ fallback }: Variable): string =>
  fallback === undefined ? '**required**' : fallback === '' ? 'empty' : `\`${fallback}\``;

const row = (variable: Variable): string =>
  `| \`${variable.name}\` | ${variable.meaning.replaceAll('|', '\\|')} | ${ending(variable)} | ${variable.secret ? 'yes' : ''} |`;

/** docs/guide/configuration.md. */
export const configurationGuide = (variables: Variable[]): string =>
  [
    BEFORE,
    ...byReaders(variables).map(
      ([readers, group]) =>
        `## ${readers.join(', ')}\n\n| variable | meaning | default | secret |\n|---|---|---|---|\n${group.map(row).join('\n')}\n`,
    ),
  ].join('\n');

/** The same for a terminal. */
export const configurationText = (variables: Variable[]): string => {
  const width = Math.max(...variables.map(({ name }) => name.length));
  const line = ({ name, meaning, secret, fallback }: Variable): string => {
    const end = fallback === undefined ? 'required' : fallback === '' ? 'empty by default' : `default ${fallback}`;
    return `  ${name.padEnd(width)}  ${meaning} [${end}${secret ? ', secret' : ''}]`;
  };
  return byReaders(variables)
    .map(([readers, group]) => `${readers.join(', ')}\n${group.map(line).join('\n')}\n`)
    .join('\n');
};
