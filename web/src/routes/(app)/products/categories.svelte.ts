import { api, body, type Schemas } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';
import type { Choice } from '#lib/noun/field.ts';

export type Category = Schemas['ProductCategory'];

/** One in its tree: how deep it hangs, and its name with those above it. */
export interface Placed extends Category {
  depth: number;
  path: string;
}

/** The categories of products: few, and on every page of products, so they come once and stay. */
class Categories {
  #all = $state.raw<Category[]>([]);
  #asked = false;

  get all(): Category[] {
    if (!this.#asked) {
      this.#asked = true;
      setTimeout(() => void this.load().catch(() => (this.#asked = false)), 0);
      live.on('product_category', () => this.load());
    }
    return this.#all;
  }

  async load(): Promise<Category[]> {
    const answer = await body(api.GET('/v1/product-categories'));
    this.#asked = true;
    this.#all = answer.productCategories;
    return this.#all;
  }

  /** From the top down, each before those below it. */
  get tree(): Placed[] {
    return below(this.all, undefined, 0, '');
  }

  choices(): Choice[] {
    return this.tree.map(({ id, path }) => ({ value: id, label: path }));
  }
}

function below(all: readonly Category[], parentId: string | undefined, depth: number, above: string): Placed[] {
  return all
    .filter((category) => category.parentId === parentId)
    .flatMap((category) => {
      const path = above ? `${above} / ${category.name}` : category.name;
      return [{ ...category, depth, path }, ...below(all, category.id, depth + 1, path)];
    });
}

export const categories = new Categories();
