import type { ImportField, ImportTarget } from '../job/import-target.ts';

/** How an export heads and writes a field of a noun. */
export type Wording = Pick<ImportField, 'field' | 'labels' | 'words' | 'refersTo'>;

export type WordingOptions = {
  imports: ImportTarget[];
  /** By noun, for fields that no file brings in: those that files bring in are written as they are read. */
  wordings?: Readonly<Record<string, Wording[]>>;
};

export const wordingsOf = ({ imports, wordings = {} }: WordingOptions, noun: string): Wording[] => [
  ...(imports.find((target) => target.noun === noun)?.fields ?? []),
  ...(wordings[noun] ?? []),
];
