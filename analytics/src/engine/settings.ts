/**
 * Settings of one statement. They go into its SETTINGS clause and never into `clickhouse_settings`: the embedded engine
 * turns those into SET on the connection, where they leak into the statements of others.
 */
export type QuerySettings = Record<string, string | number>;

const NAME = /^[a-z_][a-z0-9_]*$/;

export const settingsClause = (settings: QuerySettings): string => {
  const assignments = Object.entries(settings).map(([name, value]) => {
    if (!NAME.test(name)) throw new Error(`Not a setting: ${name}`);
    return `${name} = ${typeof value === 'number' ? value : quoted(value)}`;
  });
  return `settings ${assignments.join(', ')}`;
};

/** A string literal of ClickHouse. */
export const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
