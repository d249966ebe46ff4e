import { contract, messageType } from '@pelagic/proto/contract';
import type { Caller } from '@pelagic/chassis/caller';
import { columnsFor } from '../export/column.ts';
import { wordingsOf, type WordingOptions } from '../export/wording.ts';
import { fieldsOf } from '../import/field.ts';
import { proposeMapping } from '../import/plan.ts';
import type { Noun } from '../record/noun.ts';

const CALLER: Caller = { kind: 'service', id: 'test', sessionId: '', apiKeyId: '', token: '', remoteAddress: '' };

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

/** The columns and values of a noun's export that a Chinese reader would get as the contract names them. */
export const unworded = (noun: Noun, options: WordingOptions): string[] => {
  const wordings = wordingsOf(options, noun.noun);
  const columns = columnsFor({ noun, definitions: [], wordings, caller: CALLER, locale: 'zh-CN', asked: [] });
  const { fields } = messageType(contract.nouns.get(noun.noun)!.message);
  const values = fields
    .filter(({ kind }) => kind === 'enum')
    .flatMap(({ json, type }) =>
      contract.enums
        .get(type!)!
        .values.slice(1)
        .map((value) => ({ json, value })),
    );
  return [
    ...columns.map(({ heading }) => heading),
    ...values.flatMap(
      ({ json, value }) => columns.find(({ path }) => path === json)?.cell({ [json]: value }, (_, id) => id) ?? [],
    ),
  ].filter((text) => !isChinese(text));
};

/** Headings of a noun's own export, in both languages, that its import would not put back where they come from. */
export const misread = (noun: Noun, options: WordingOptions): string[] => {
  const target = options.imports.find((each) => each.noun === noun.noun)!;
  const fields = fieldsOf(target, { definitions: [], tags: [] }, {});
  const wordings = wordingsOf(options, noun.noun);
  return ['zh-CN', 'en'].flatMap((locale) => {
    const columns = columnsFor({ noun, definitions: [], wordings, caller: CALLER, locale, asked: [] });
    const proposed = proposeMapping(
      columns.map(({ heading }) => heading),
      fields,
    );
    return columns.flatMap(({ path, heading }, index) => {
      const { field } = proposed[index]!;
      const wrong = fields.some((each) => each.path === path)
        ? field !== path
        : columns.some((each) => each.path === field);
      return wrong ? [`${heading} (${path}): ${field || 'nothing'}`] : [];
    });
  });
};
