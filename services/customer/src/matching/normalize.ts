import { tidy } from '@pelagic/capabilities/record/tidy';
import { Converter } from 'opencc-js/t2cn';

const simplify = Converter({ from: 'tw', to: 'cn' });

/** Legal forms and the words around them, which people leave out or write differently. */
const LEGAL_FORMS =
  /(股份有限公司|有限责任公司|有限公司|集团|公司|\b(co|company|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh|ag|plc)\b\.?)/g;

/** What two spellings of a company's name have in common; empty when nothing is left that could tell companies apart. */
export const companyKey = (name: string): string => {
  const plain = simplify(tidy(name).toLowerCase())
    .replace(LEGAL_FORMS, '')
    .replace(/[\s\p{P}\p{S}]/gu, '');
  return plain.length < 2 ? simplify(tidy(name).toLowerCase()).replace(/\s/g, '') : plain;
};

export const normalizeTaxId = (text: string): string => tidy(text).toUpperCase().replace(/[\s-]/g, '');

/** Each once, in the order given. */
export const unique = (values: string[]): string[] => [...new Set(values)];
