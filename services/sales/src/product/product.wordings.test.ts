import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import type { SalesService } from '../sales-service.ts';
import { productImport } from './product.import.ts';
import { product } from './product.ts';
import { productWordings } from './product.wordings.ts';

// Neither headings nor words need the service.
const options = { imports: [productImport({} as SalesService)], wordings: { product: productWordings } };

test('an export is wholly in Chinese, and is read as it was written', () => {
  expect(unworded(product, options)).toEqual([]);
  expect(misread(product, options)).toEqual([]);
});
