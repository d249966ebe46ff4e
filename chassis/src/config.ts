type Kind<T> = { parse: (text: string) => T; secret?: true; fallback?: T; describe: string };

export type Settings = Record<string, Kind<unknown>>;
export type Config<S extends Settings> = { [K in keyof S]: S[K] extends Kind<infer T> ? T : never };

export const text = (describe: string, fallback?: string): Kind<string> => ({
  parse: (value) => value,
  describe,
  ...(fallback !== undefined && { fallback }),
});

export const secret = (describe: string, fallback?: string): Kind<string> => ({
  ...text(describe, fallback),
  secret: true,
});

export const integer = (describe: string, fallback?: number): Kind<number> => ({
  parse: (value) => {
    if (!/^-?\d+$/.test(value)) throw new Error('is not a whole number');
    return Number(value);
  },
  describe,
  ...(fallback !== undefined && { fallback }),
});

export const json = <T>(describe: string, options: { secret?: true; fallback?: T } = {}): Kind<T> => ({
  parse: (value) => JSON.parse(value) as T,
  describe,
  ...options,
});

/**
 * Reads what a process needs from outside, once. Throws one error that lists everything missing or wrong, so that
 * nobody fixes variables one by one.
 */
export const readConfig = <S extends Settings>(
  settings: S,
  environment: NodeJS.ProcessEnv = process.env,
): Config<S> => {
  const wrong: string[] = [];
  const config: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(settings)) {
    const value = environment[name];
    if (value === undefined || value === '') {
      if ('fallback' in kind) config[name] = kind.fallback;
      else wrong.push(`${name} is missing (${kind.describe})`);
      continue;
    }
    try {
      config[name] = kind.parse(value);
    } catch (error) {
      wrong.push(`${name} ${(error as Error).message} (${kind.describe})`);
    }
  }
  if (wrong.length) throw new Error(`Configuration:\n  ${wrong.join('\n  ')}`);
  return config as Config<S>;
};

/** The same for the log, secrets masked and passwords taken out of URLs. */
export const printable = (settings: Settings, config: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([name, value]) => [
      name,
      settings[name]?.secret
        ? '***'
        : typeof value === 'string'
          ? value.replace(/(\/\/[^:/@]+):[^@/]+@/, '$1:***@')
          : value,
    ]),
  );
