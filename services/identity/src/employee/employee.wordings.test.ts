import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import { departmentImport } from '../department/department.import.ts';
import { department } from '../department/department.ts';
import { employeeImport } from './employee.import.ts';
import { employee } from './employee.ts';
import { employeeWordings } from './employee.wordings.ts';

const options = { imports: [employeeImport, departmentImport], wordings: { employee: employeeWordings } };

test.each([employee, department])('an export of $noun is wholly in Chinese, and is read as it was written', (noun) => {
  expect(unworded(noun, options)).toEqual([]);
  expect(misread(noun, options)).toEqual([]);
});
