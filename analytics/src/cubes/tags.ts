import type { Tag } from '@pelagic/proto/crm/capability/v1/tag';
import { contract } from '@pelagic/proto/contract';
import type { Cube, Dimension } from './cube.ts';

/** The tags of a cube's records, among those of its service: a record with several counts under each of them. */
export const tagDimension = ({ noun, columns }: Cube, tags: readonly Tag[]): Record<string, Dimension> => {
  if (!columns['tag_ids']) return {};
  const { service } = contract.nouns.get(noun)!;
  const own = tags.filter((tag) => tag.service === service);
  return {
    tags: {
      label: { zh: '标签', en: 'Tags' },
      description: {
        zh: '记录现有的标签；有多个标签的记录在每个标签下都计入。',
        en: 'The tags that the record has now; one with several counts under each of them.',
      },
      kind: 'choices',
      from: 'fact',
      column: 'tag_ids',
      field: 'tagIds',
      values: Object.fromEntries(own.map(({ id, name }) => [id, { zh: name, en: name }])),
    },
  };
};
