import { languageOf } from '@pelagic/proto/language';
import { inChineseBeside } from '@pelagic/proto/reason';
import type { RowFault } from './one-row.ts';

/** What is wrong, in the reader's language, to be read beside the field's heading. */
export const sayFault = ({ field, reason, message, params }: RowFault, locale: string): string =>
  (languageOf(locale) === 'zh' ? inChineseBeside(reason, { ...params }, field) : undefined) ?? message;

/** All of a row in one cell; `labels` are the headings of fields by path. */
export const sayFaults = (faults: RowFault[], locale: string, labels: ReadonlyMap<string, string>): string =>
  faults
    .map((fault) => {
      const path = fault.field.replace(/\[\d+\].*$/, '');
      const label = labels.get(path) ?? labels.get(path.split('.').slice(1).join('.')) ?? '';
      const said = sayFault(fault, locale);
      return label ? `${label}: ${said}` : said;
    })
    .join('; ');
