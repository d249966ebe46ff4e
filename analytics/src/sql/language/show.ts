import { quoted } from '../../engine/settings.ts';

const NAME = '(?:`([^`]{1,200})`|"([^"]{1,200})"|(\\w{1,200}))';
const FORMAT = '(\\s+format\\s+\\w{1,40})?\\s*;?\\s*$';

type Shown = { statement: string; /** A view that has to be there. */ view?: string };
type Way = { pattern: RegExp; write: (names: string[], format: string) => Shown };

const way = (pattern: string, names: number, write: Way['write']): Way => ({
  // Each name may be quoted in two ways or not at all.
  pattern: new RegExp(`^\\s*${pattern.replaceAll('NAME', NAME)}${FORMAT}`, 'i'),
  write: (groups, format) =>
    write(
      Array.from({ length: names }, (_, at) => groups.slice(at * 3, at * 3 + 3).find(Boolean) ?? ''),
      format,
    ),
});

const within = (database: string): string => (database ? ` and database = ${quoted(database)}` : '');

const DESCRIBED =
  "name, type, '' as default_type, '' as default_expression, comment, '' as codec_expression, '' as ttl_expression";

/** What is asked about views without a SELECT, and the SELECT that says the same. */
const WAYS: Way[] = [
  way('show\\s+databases', 0, (_, format) => ({ statement: `select name from system.databases${format}` })),
  way('show\\s+tables(?:\\s+(?:from|in)\\s+NAME)?', 1, ([database = ''], format) => ({
    statement: `select name from system.tables where 1 = 1${within(database)} order by name${format}`,
  })),
  way('desc(?:ribe)?\\s+(?:table\\s+)?(?:NAME\\s*\\.\\s*)?NAME', 2, ([database = '', view = ''], format) => ({
    view,
    statement: `select ${DESCRIBED} from system.columns where table = ${quoted(view)}${within(database)} order by position${format}`,
  })),
  way('exists\\s+(?:table\\s+|view\\s+)?(?:NAME\\s*\\.\\s*)?NAME', 2, ([database = '', view = ''], format) => ({
    statement: `select toUInt8(count() > 0) as result from system.tables where name = ${quoted(view)}${within(database)}${format}`,
  })),
  way('exists\\s+database\\s+NAME', 1, ([database = ''], format) => ({
    statement: `select toUInt8(count() > 0) as result from system.databases where name = ${quoted(database)}${format}`,
  })),
];

/** Undefined for every other statement. */
export const shown = (statement: string): Shown | undefined => {
  for (const { pattern, write } of WAYS) {
    const match = pattern.exec(statement);
    if (match)
      return write(
        match.slice(1, -1).map((group) => group ?? ''),
        match.at(-1) ?? '',
      );
  }
  return undefined;
};
