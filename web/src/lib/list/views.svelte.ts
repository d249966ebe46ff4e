import { api, body, type Schemas, type Service } from '#lib/api/client.ts';
import { toOrderBy, toSort } from '#lib/api/field-path.ts';
import { resource } from '#lib/api/resource.ts';
import type { ListQuery } from './query.ts';

export type SavedView = Schemas['SavedView'];

/** The saved views of one list: own and shared ones. */
export class Views {
  all = $state.raw<SavedView[]>([]);
  loaded = $state(false);
  readonly #service: Service;
  readonly #noun: string;
  readonly #records;

  constructor(service: Service, noun: string) {
    this.#service = service;
    this.#noun = noun;
    this.#records = resource<SavedView>(service, 'saved_view', `/v1/${service}/views`, 'savedViews');
  }

  async load(): Promise<void> {
    const path = { service: this.#service };
    const answer = await body(api.GET('/v1/{service}/views', { params: { path, query: { noun: this.#noun } } }));
    this.all = answer.savedViews.toSorted((a, b) => a.position - b.position || a.name.localeCompare(b.name));
    this.loaded = true;
  }

  of(id: string): SavedView | undefined {
    return this.all.find((view) => view.id === id);
  }

  /** What the view asks, as the URL says it. */
  queryOf(view: SavedView): ListQuery {
    return { filter: view.filter, words: '', sort: toSort(view.orderBy), view: view.id, deleted: false };
  }

  /** Whether the list was changed since the view was opened. */
  differs(view: SavedView, query: ListQuery, columns: string[]): boolean {
    const other = columns.length !== view.columns.length || columns.some((key, index) => key !== view.columns[index]);
    return view.filter !== query.filter || view.orderBy !== toOrderBy(query.sort) || (view.columns.length > 0 && other);
  }

  async save(name: string, shared: boolean, query: ListQuery, columns: string[]): Promise<SavedView> {
    const fields = {
      noun: this.#noun,
      name,
      shared,
      layout: 'table',
      filter: query.filter,
      orderBy: toOrderBy(query.sort),
      columns,
    };
    const view = await this.#records.create(fields);
    await this.load();
    return view;
  }

  /** Writes what the list shows now into the view. */
  async overwrite(view: SavedView, query: ListQuery, columns: string[]): Promise<void> {
    await this.change(view, { filter: query.filter, orderBy: toOrderBy(query.sort), columns });
  }

  async change(view: SavedView, fields: Partial<SavedView>): Promise<void> {
    await this.#records.update(view.id, fields, view.version);
    await this.load();
  }

  async remove(view: SavedView): Promise<void> {
    await this.#records.remove(view.id, view.version);
    await this.load();
  }
}
