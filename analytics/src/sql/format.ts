import { Problem } from '@pelagic/chassis/problem';

const TEXT = 'text/plain; charset=UTF-8';
const JSON_TYPE = 'application/json; charset=UTF-8';
const TSV = 'text/tab-separated-values; charset=UTF-8';
const CSV = 'text/csv; charset=UTF-8';

/** Formats of an answer with their media types, as ClickHouse's HTTP interface names them. */
const MEDIA_TYPES = new Map([
  ['JSON', JSON_TYPE],
  ['JSONCompact', JSON_TYPE],
  ['JSONEachRow', 'application/x-ndjson; charset=UTF-8'],
  ['JSONCompactEachRow', 'application/x-ndjson; charset=UTF-8'],
  ['CSV', CSV],
  ['CSVWithNames', CSV],
  ['CSVWithNamesAndTypes', CSV],
  ['TabSeparated', TSV],
  ['TabSeparatedWithNames', TSV],
  ['TabSeparatedWithNamesAndTypes', TSV],
  ['Native', 'application/octet-stream'],
  ['Parquet', 'application/octet-stream'],
  ['Arrow', 'application/octet-stream'],
  ['ArrowStream', 'application/octet-stream'],
  ['Markdown', TEXT],
  ['Vertical', TEXT],
]);
const SYNONYMS = new Map([
  ['TSV', 'TabSeparated'],
  ['TSVWithNames', 'TabSeparatedWithNames'],
  ['TSVWithNamesAndTypes', 'TabSeparatedWithNamesAndTypes'],
  ['NDJSON', 'JSONEachRow'],
  ['JSONLines', 'JSONEachRow'],
]);

export const FORMATS: readonly string[] = [...MEDIA_TYPES.keys()];

export type Format = { name: string; mediaType: string };

/** Throws for a format that answers do not come in. */
export const formatOf = (asked: string): Format => {
  const name = SYNONYMS.get(asked) ?? asked;
  const mediaType = MEDIA_TYPES.get(name);
  if (mediaType) return { name, mediaType };
  const what = asked.slice(0, 60);
  throw new Problem(
    'INVALID_ARGUMENT',
    'SQL_FORMAT',
    `Answers do not come in the format ${what}; choose from ${FORMATS.join(', ')}.`,
    {
      params: { what },
    },
  );
};
