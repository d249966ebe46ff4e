import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { Loaded } from '#lib/api/loaded.svelte.ts';
import { loadCustomFields } from '#lib/noun/custom-fields.svelte.ts';
import { CUSTOM_NOUNS } from '#lib/nouns.ts';
import { m } from '#lib/paraglide/messages.js';

export type CustomField = Schemas['CustomField'];
export type Kind = Exclude<CustomField['kind'], 'CUSTOM_FIELD_KIND_UNSPECIFIED'>;

/** What an administrator writes; the kind is fixed once it is there. */
export type FieldValues = Pick<CustomField, 'label' | 'labelEn' | 'help' | 'required' | 'indexed' | 'choices'>;
type Changes = Partial<FieldValues & Pick<CustomField, 'retired'>>;

export const KINDS: Record<Kind, () => string> = {
  CUSTOM_FIELD_KIND_TEXT: m.kind_text,
  CUSTOM_FIELD_KIND_NUMBER: m.kind_number,
  CUSTOM_FIELD_KIND_MONEY: m.kind_money,
  CUSTOM_FIELD_KIND_DATE: m.kind_date,
  CUSTOM_FIELD_KIND_CHOICE: m.kind_choice,
  CUSTOM_FIELD_KIND_CHOICES: m.kind_choices,
  CUSTOM_FIELD_KIND_EMPLOYEE: m.kind_employee,
};

export const hasChoices = (kind: unknown): boolean =>
  kind === 'CUSTOM_FIELD_KIND_CHOICE' || kind === 'CUSTOM_FIELD_KIND_CHOICES';

/** The definitions of one noun, retired ones too, in their order. */
export class Definitions {
  readonly noun: string;
  readonly service: Service;
  readonly answer: Loaded<CustomField[]>;

  constructor(noun: string) {
    const known = CUSTOM_NOUNS.find((one) => one.noun === noun) ?? CUSTOM_NOUNS[0];
    this.noun = known?.noun ?? noun;
    this.service = known?.service ?? 'customer';
    this.answer = new Loaded(async () => {
      const params = { path: { service: this.service }, query: { noun: this.noun, includeRetired: true } };
      const { customFields } = await body(api.GET('/v1/{service}/custom-fields', { params }));
      return customFields.toSorted((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
    });
  }

  get living(): CustomField[] {
    return (this.answer.value ?? []).filter(({ retired }) => !retired);
  }

  get retired(): CustomField[] {
    return (this.answer.value ?? []).filter(({ retired }) => retired);
  }

  async create(field: FieldValues & { slug: string; kind: Kind }): Promise<CustomField> {
    const last = this.living.at(-1)?.position ?? 0;
    const made = await body(
      api.POST('/v1/{service}/custom-fields', {
        params: { path: { service: this.service } },
        body: { ...field, noun: this.noun, position: last + 1 },
      }),
    );
    await this.changed();
    return made;
  }

  async update(field: CustomField, changes: Changes): Promise<CustomField> {
    const saved = await body(
      api.PATCH('/v1/{service}/custom-fields/{id}', {
        params: {
          path: { service: this.service, id: field.id },
          query: { updateMask: Object.keys(changes).join(',') },
        },
        body: { ...changes, version: field.version },
      }),
    );
    await this.changed();
    return saved;
  }

  /** Up or down among those in use: the others keep their order. */
  async move(field: CustomField, by: -1 | 1): Promise<void> {
    const order = this.living.filter(({ id }) => id !== field.id);
    order.splice(this.living.findIndex(({ id }) => id === field.id) + by, 0, field);
    const moved = order.map((one, position) => ({ one, position: position + 1 }));
    for (const { one, position } of moved.filter(({ one, position }) => one.position !== position)) {
      const params = { path: { service: this.service, id: one.id }, query: { updateMask: 'position' } };
      await api.PATCH('/v1/{service}/custom-fields/{id}', { params, body: { position, version: one.version } });
    }
    await this.changed();
  }

  /** Here, and in every list, form and filter that shows the fields. */
  async changed(): Promise<void> {
    await Promise.all([this.answer.load(), loadCustomFields(this.service, this.noun)]);
  }
}
