import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import type { SalesService } from '../sales-service.ts';
import { targetImport } from './target.import.ts';
import { target } from './target.ts';
import { targetWordings } from './target.wordings.ts';

// Neither headings nor words need the service.
const options = { imports: [targetImport({} as SalesService)], wordings: { target: targetWordings } };

test('an export is wholly in Chinese, and is read as it was written', () => {
  expect(unworded(target, options)).toEqual([]);
  expect(misread(target, options)).toEqual([]);
});
