import { CustomField, CustomFieldServiceService } from '@pelagic/proto/crm/capability/v1/custom_field';
import { EnterpriseServiceService, ExchangeRate } from '@pelagic/proto/crm/identity/v1/enterprise';
import { connect } from '@pelagic/chassis/client';
import { addressOf } from './commands.ts';
import type { Organization } from './organization.ts';
import type { Span } from './extent.ts';

const day = (date: Date) => date.toISOString().slice(0, 10);

const choices = (labels: [string, string, string][]) =>
  labels.map(([slug, label, labelEn]) => ({ slug, label, labelEn }));

const CUSTOM_FIELDS: { service: string; field: object }[] = [
  {
    service: 'sales',
    field: {
      noun: 'opportunity',
      slug: 'product_line',
      label: '产品线',
      labelEn: 'Product line',
      kind: 'CUSTOM_FIELD_KIND_CHOICE',
      choices: choices([
        ['standard', '标准版', 'Standard'],
        ['professional', '专业版', 'Professional'],
        ['flagship', '旗舰版', 'Flagship'],
        ['service', '服务', 'Services'],
      ]),
    },
  },
  {
    service: 'customer',
    field: {
      noun: 'customer',
      slug: 'cooperation',
      label: '合作意向',
      labelEn: 'Interest',
      kind: 'CUSTOM_FIELD_KIND_CHOICE',
      choices: choices([
        ['high', '高', 'High'],
        ['medium', '中', 'Medium'],
        ['low', '低', 'Low'],
      ]),
    },
  },
  {
    service: 'customer',
    field: { noun: 'lead', slug: 'budget', label: '预算', labelEn: 'Budget', kind: 'CUSTOM_FIELD_KIND_MONEY' },
  },
];

/** Exchange rates, one of them with a change half-way, and fields of the enterprise's own. */
export const settleEnterprise = async ({ admin, token, today }: Organization, { begin, end }: Span): Promise<void> => {
  const at = { token: await token(admin.id, today, begin) };
  const enterprise = connect(EnterpriseServiceService, addressOf('identity'));
  const middle = new Date((begin.getTime() + end.getTime()) / 2);
  for (const [currency, from, rate] of [
    ['USD', begin, '7.15'],
    ['EUR', begin, '7.80'],
    ['SGD', begin, '5.35'],
    ['USD', middle, '7.25'],
  ] as const) {
    const exchangeRate = ExchangeRate.fromJSON({ currency, fromDate: day(from), rate });
    await enterprise.setExchangeRate({ exchangeRate }, at);
  }
  for (const { service, field } of CUSTOM_FIELDS) {
    const fields = connect(CustomFieldServiceService, addressOf(service));
    await fields.createCustomField({ service, customField: CustomField.fromJSON(field) }, at);
  }
};
