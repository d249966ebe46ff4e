import { SvelteMap } from 'svelte/reactivity';
import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import type { Choice, Field } from '#lib/noun/field.ts';
import { isTagged } from '#lib/nouns.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

export type Tag = Schemas['Tag'];
export type TagColor = Exclude<Tag['color'], 'TAG_COLOR_UNSPECIFIED'>;

export const TONES: Record<TagColor, Tone> = {
  TAG_COLOR_GREY: 'neutral',
  TAG_COLOR_BLUE: 'accent',
  TAG_COLOR_GREEN: 'ok',
  TAG_COLOR_AMBER: 'risk',
  TAG_COLOR_RED: 'bad',
  TAG_COLOR_VIOLET: 'wait',
};

export const toneOf = ({ color }: Pick<Tag, 'color'>): Tone =>
  color === 'TAG_COLOR_UNSPECIFIED' ? 'neutral' : TONES[color];

/** The tags of each service, retired ones too: old records have them. Few, and on every page, so they come once and stay. */
const known = new SvelteMap<Service, Tag[]>();
const asked = new Set<Service>();

export async function loadTags(service: Service): Promise<Tag[]> {
  const params = { path: { service }, query: { includeRetired: true } };
  const { tags } = await body(api.GET('/v1/{service}/tags', { params }));
  known.set(service, tags);
  return tags;
}

function tagsOf(service: Service): Tag[] {
  if (!asked.has(service)) {
    asked.add(service);
    // The next page asks again when this one hears nothing.
    setTimeout(() => void loadTags(service).catch(() => asked.delete(service)), 0);
    live.on('tag', () => loadTags(service));
  }
  return known.get(service) ?? [];
}

const choiceOf = (tag: Tag): Choice & { hint?: string } => ({
  value: tag.id,
  label: tag.name,
  tone: toneOf(tag),
  retired: tag.retired,
  ...(tag.exclusiveGroup ? { hint: m.tag_one_of({ group: tag.exclusiveGroup }) } : {}),
});

/** Lists have no column and no filter of tags before there is one. */
export const isOffered = (field: Field): boolean =>
  field.key !== 'tagIds' || (field.kind === 'choices' && field.options().length > 0);

/** The tags of a noun as a field of its records; none where it has no tags. */
export function tagField(service: Service, noun: string): Field[] {
  if (!isTagged(noun)) return [];
  const options = () => tagsOf(service).map(choiceOf);
  return [
    { key: 'tagIds', kind: 'choices', label: m.tags, options, filterPath: 'tag_ids', sortable: false, width: 200 },
  ];
}
