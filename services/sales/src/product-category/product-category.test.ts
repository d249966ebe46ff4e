import { Product } from '@pelagic/proto/crm/sales/v1/product';
import { ProductCategory } from '@pelagic/proto/crm/sales/v1/product_category';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everything, startSalesService } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
type Person = Awaited<ReturnType<Started['person']>>;

let started: Started;
let ann: Person;

beforeAll(async () => {
  started = await startSalesService();
  ann = await started.person({ permissions: everything('ALL') });
});
afterAll(() => started.stop());

const create = async (name: string, parentId?: string) =>
  (
    await ann.categories.createProductCategory({
      productCategory: ProductCategory.fromJSON({ name, ...(parentId && { parentId }) }),
      requestId: '',
    })
  ).productCategory!;
const move = (id: string, parentId?: string) =>
  ann.categories.updateProductCategory({
    id,
    productCategory: ProductCategory.fromJSON({ ...(parentId && { parentId }) }),
    updateMask: ['parentId'],
  });

it('is a tree with names of their own beside each other', async () => {
  const pumps = await create('水泵');
  const deep = await create('深海', pumps.id);
  await expect(create('深海', pumps.id)).rejects.toMatchObject({ reason: 'NAME_TAKEN' });
  await create('深海', (await create('软管')).id);
  await expect(move(pumps.id, deep.id)).rejects.toMatchObject({ fields: [{ reason: 'CATEGORY_BELOW_ITSELF' }] });
  expect((await move(deep.id)).productCategory).toMatchObject({ version: 2 });
});

it('never hangs two below each other, however many move them at once', async () => {
  const [a, b] = [await create('甲'), await create('乙')];
  const moves = await Promise.allSettled([move(a.id, b.id), move(b.id, a.id)]);
  expect(moves.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

it('has six levels and no more, also when a branch is moved', async () => {
  let parent: string | undefined;
  const ids: string[] = [];
  for (const level of [1, 2, 3, 4, 5, 6]) ids.push((parent = (await create(`层 ${level}`, parent)).id));
  await expect(create('层 7', parent)).rejects.toMatchObject({ fields: [{ reason: 'CATEGORY_TOO_DEEP' }] });
  const other = await create('之上');
  await expect(move(ids[0]!, other.id)).rejects.toMatchObject({ fields: [{ reason: 'CATEGORY_TOO_DEEP' }] });
});

it('goes only when nothing is in it', async () => {
  const { id } = await create('阀门');
  const remove = () => ann.categories.deleteProductCategory({ id, version: 0 });
  const product = Product.fromJSON({ name: '球阀', categoryId: id });
  const made = (await ann.products.createProduct({ product, requestId: '', validateOnly: false })).product!;
  await expect(remove()).rejects.toMatchObject({ reason: 'CATEGORY_IN_USE' });
  await ann.products.deleteProduct({ id: made.id, version: 0 });
  await remove();
  expect((await ann.products.undeleteProduct({ id: made.id })).product!.categoryId).toBeUndefined();
  expect((await started.events(id)).map(({ subject }) => subject)).toEqual([
    'crm.sales.product_category.created.v1',
    'crm.sales.product_category.deleted.v1',
  ]);
});
