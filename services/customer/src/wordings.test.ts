import { fieldsOf } from '@pelagic/capabilities/import/field';
import { proposeMapping } from '@pelagic/capabilities/import/plan';
import { misread, unworded } from '@pelagic/capabilities/testing/wording';
import { expect, test } from 'vitest';
import { activity } from './activity/activity.ts';
import { activityWordings } from './activity/activity.wordings.ts';
import { contactImport } from './contact/contact.import.ts';
import { contact } from './contact/contact.ts';
import { contactWordings } from './contact/contact.wordings.ts';
import type { CustomerService } from './customer-service.ts';
import { customerImport } from './customer/customer.import.ts';
import { customer } from './customer/customer.ts';
import { leadImport } from './lead/lead.import.ts';
import { lead } from './lead/lead.ts';
import { leadWordings } from './lead/lead.wordings.ts';

// Neither headings nor words need the service.
const service = {} as CustomerService;
const imports = [leadImport(service), customerImport(service), contactImport(service)];

const options = { imports, wordings: { lead: leadWordings, contact: contactWordings, activity: activityWordings } };

test.each([lead, customer, contact, activity])('an export of $noun is wholly in Chinese', (noun) =>
  expect(unworded(noun, options)).toEqual([]),
);

test.each([lead, customer, contact])('an export of $noun is read as it was written', (noun) =>
  expect(misread(noun, options)).toEqual([]),
);

test.each([
  ['lead', ['线索名称', '公司名称', '手机'], ['name', 'company', 'phones']],
  ['lead', ['联系人姓名', 'Company', 'Phone'], ['name', 'company', 'phones']],
  ['customer', ['客户名称'], ['name']],
  ['customer', ['企业名称', '母公司'], ['name', 'parentId']],
  ['contact', ['联系人姓名', '公司名称'], ['name', 'customerId']],
])('the headings of a file of %ss are known: %j', (noun, headings, fields) => {
  const target = imports.find((each) => each.noun === noun)!;
  expect(
    proposeMapping(headings, fieldsOf(target, { definitions: [], tags: [] }, {})).map(({ field }) => field),
  ).toEqual(fields);
});
