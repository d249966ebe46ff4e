import { Tag, TagServiceService } from '@pelagic/proto/crm/capability/v1/tag';
import { connect } from '@pelagic/chassis/client';
import { addressOf, type Command } from './commands.ts';
import type { Span } from './extent.ts';
import type { Organization } from './organization.ts';
import { seeded } from './random.ts';

/** Chance of its own: what else there is stays the same whoever is tagged. */
const SEED = 700;

type Sort = { service: string; group?: string; tags: [name: string, color: string][] };

/** Of each sort a record has one at most. */
const SORTS: Record<string, Sort> = {
  worth: {
    service: 'customer',
    group: '价值',
    tags: [
      ['VIP', 'RED'],
      ['重点', 'AMBER'],
      ['长尾', 'GREY'],
    ],
  },
  origin: {
    service: 'customer',
    tags: [
      ['展会名片', 'BLUE'],
      ['老客户介绍', 'GREEN'],
      ['竞品用户', 'VIOLET'],
    ],
  },
  way: {
    service: 'sales',
    tags: [
      ['招投标', 'BLUE'],
      ['战略项目', 'RED'],
      ['续约', 'GREEN'],
    ],
  },
};

/** How often a new record of a noun gets a tag of a sort. */
const SHARES: Record<string, Record<string, number>> = {
  lead: { origin: 0.4, worth: 0.15 },
  customer: { worth: 0.5, origin: 0.3 },
  opportunity: { way: 0.35 },
};

/** Puts tags into the command that makes a record of the noun, as chance will have it. */
export type Tagging = (noun: string, create: Command) => Command;

/** The tags of the enterprise, made on its first day. */
export const makeTags = async ({ admin, token, today }: Organization, { begin }: Span): Promise<Tagging> => {
  const at = { token: await token(admin.id, today, begin) };
  const made = new Map<string, string[]>();
  for (const [sort, { service, group = '', tags }] of Object.entries(SORTS)) {
    const client = connect(TagServiceService, addressOf(service));
    const ids: string[] = [];
    for (const [name, color] of tags) {
      const tag = Tag.fromJSON({ name, color: `TAG_COLOR_${color}`, exclusiveGroup: group });
      ids.push((await client.createTag({ service, tag }, at)).tag!.id);
    }
    made.set(sort, ids);
  }
  const random = seeded(SEED);
  return (noun, create) => {
    const tagIds = Object.entries(SHARES[noun]!).flatMap(([sort, share]) =>
      random.chance(share) ? [random.pick(made.get(sort)!)] : [],
    );
    const request = create.request as Record<string, object>;
    return { ...create, request: { ...request, [noun]: { ...request[noun], tagIds } } };
  };
};
