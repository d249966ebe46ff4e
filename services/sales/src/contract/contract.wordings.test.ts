import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import type { SalesService } from '../sales-service.ts';
import { contractImport } from './contract.import.ts';
import { contract } from './contract.ts';
import { contractWordings } from './contract.wordings.ts';

// Neither headings nor words need the service.
const options = { imports: [contractImport({} as SalesService)], wordings: { contract: contractWordings } };

test('an export is wholly in Chinese, and is read as it was written', () => {
  expect(unworded(contract, options)).toEqual([]);
  expect(misread(contract, options)).toEqual([]);
});
