import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import type { SalesService } from '../sales-service.ts';
import { receiptImport } from './receipt.import.ts';
import { receipt } from './receipt.ts';
import { receiptWordings } from './receipt.wordings.ts';

// Neither headings nor words need the service.
const options = { imports: [receiptImport({} as SalesService)], wordings: { receipt: receiptWordings } };

test('an export is wholly in Chinese, and is read as it was written', () => {
  expect(unworded(receipt, options)).toEqual([]);
  expect(misread(receipt, options)).toEqual([]);
});
