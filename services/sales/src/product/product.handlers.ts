import { ProductServiceService } from '@pelagic/proto/crm/sales/v1/product';
import { listRecords } from '@pelagic/capabilities/record/list';
import { deleteRecord, getRecord } from '@pelagic/capabilities/record/records';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { SalesService } from '../sales-service.ts';
import { product, productMessage, type ProductRow, type ProductState } from './product.ts';
import { bringBackProduct, createProduct, setProductState, updateProduct } from './write-product.ts';

export const productHandlers = (service: SalesService): Handlers<ProductServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ProductRow>) => ({ product: productMessage(await row) });
  return {
    createProduct: (request, caller) =>
      (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, ProductServiceService.createProduct, request, () =>
          answer(createProduct(service, tx, request.product!, caller)),
        ),
      ),
    getProduct: ({ id }, caller) => answer(getRecord<ProductRow>(database.sql, product, id, caller)),
    listProducts: async (request, caller) => {
      const { rows, ...page } = await listRecords<ProductRow>(database.sql, product, request, caller);
      return { products: rows.map(productMessage), ...page };
    },
    updateProduct: ({ id, product: message, updateMask }, caller) =>
      answer(database.transact((tx) => updateProduct(service, tx, id, message!, updateMask ?? [], caller))),
    setProductState: ({ id, state, version }, caller) =>
      answer(database.transact((tx) => setProductState(tx, id, state as ProductState, caller, version))),
    deleteProduct: async ({ id, version }, caller) => {
      await database.transact((tx) => deleteRecord<ProductRow>(tx, product, id, caller, version));
      return {};
    },
    undeleteProduct: ({ id }, caller) => answer(database.transact((tx) => bringBackProduct(tx, id, caller))),
  };
};
