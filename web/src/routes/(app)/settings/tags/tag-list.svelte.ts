import { api, body, type Service } from '#lib/api/client.ts';
import { Loaded } from '#lib/api/loaded.svelte.ts';
import { loadTags, type Tag } from '#lib/tag/tags.svelte.ts';

/** What an administrator writes. */
export type TagValues = Pick<Tag, 'name' | 'color' | 'exclusiveGroup'>;

/** The tags of one service, retired ones too, by group and name. */
export class TagList {
  readonly service: Service;
  readonly answer: Loaded<Tag[]>;

  constructor(service: Service) {
    this.service = service;
    this.answer = new Loaded(() => loadTags(service));
  }

  get living(): Tag[] {
    return (this.answer.value ?? []).filter(({ retired }) => !retired);
  }

  get retired(): Tag[] {
    return (this.answer.value ?? []).filter(({ retired }) => retired);
  }

  async create(tag: TagValues): Promise<Tag> {
    const params = { path: { service: this.service } };
    const made = await body(api.POST('/v1/{service}/tags', { params, body: tag }));
    await this.answer.load();
    return made;
  }

  async update({ id, version }: Tag, changes: Partial<TagValues & Pick<Tag, 'retired'>>): Promise<Tag> {
    const params = {
      path: { service: this.service, id },
      query: { updateMask: Object.keys(changes).join(',') },
    };
    const saved = await body(api.PATCH('/v1/{service}/tags/{id}', { params, body: { ...changes, version } }));
    await this.answer.load();
    return saved;
  }
}
