import PackageCheck from '@lucide/svelte/icons/package-check';
import PackageX from '@lucide/svelte/icons/package-x';
import { api, body } from '#lib/api/client.ts';
import type { Action } from '#lib/noun/noun.ts';
import { m } from '#lib/paraglide/messages.js';
import { saved } from '#lib/record/done.ts';
import { deleteAction, editAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { session } from '#lib/session.svelte.ts';
import { sayProblem } from '#lib/ui/toast.svelte.ts';
import { product as noun, type Product, type ProductState } from './product.ts';

/** What may be done with a product, by this person; the service has the last word. */
export function productActions(product: Product): Action[] {
  if (product.deleteTime) return undeleteAction(noun, product);
  return [...editAction(noun, product), ...stateAction(product), ...deleteAction(noun, product)];
}

function stateAction(product: Product): Action[] {
  if (!session.can('product.update')) return [];
  const active = product.state === 'PRODUCT_STATE_ACTIVE';
  return [
    {
      id: active ? 'product.retire' : 'product.revive',
      label: active ? m.product_retire() : m.product_revive(),
      icon: active ? PackageX : PackageCheck,
      run: () => setState(product, active ? 'PRODUCT_STATE_RETIRED' : 'PRODUCT_STATE_ACTIVE'),
    },
  ];
}

async function setState({ id, version }: Product, state: ProductState): Promise<void> {
  try {
    const changed = await body(
      api.POST('/v1/products/{id}:setState', { params: { path: { id } }, body: { state, version } }),
    );
    await saved(noun, changed, state === 'PRODUCT_STATE_RETIRED' ? m.product_is_retired() : m.product_is_revived());
  } catch (error) {
    sayProblem(error);
  }
}
