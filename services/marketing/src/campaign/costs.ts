import type { CampaignStage, CostLine } from '@pelagic/proto/crm/marketing/v1/campaign';
import type { Money } from '@pelagic/proto/crm/common/v1/common';
import { settleSum, type Rates } from '@pelagic/capabilities/money/money';
import { enterprise } from '@pelagic/chassis/enterprise';
import { roundMoney } from '@pelagic/chassis/money';
import { uuidv7 } from '@pelagic/chassis/outbox';
import { invalidField } from '@pelagic/chassis/problem';
import Big from 'big.js';

/** Without what is not there, so that it equals itself when it is read again. */
const asStored = <T>(list: T[]): T[] => JSON.parse(JSON.stringify(list)) as T[];

const refuseTwice = (ids: string[], list: string): void => {
  const at = ids.findIndex((id, index) => id && ids.indexOf(id) < index);
  if (at >= 0) throw invalidField(`campaign.${list}[${at}].id`, 'DUPLICATE', 'This one stands in the list already.');
};

export const settleStages = (stages: CampaignStage[]): CampaignStage[] => {
  refuseTwice(
    stages.map(({ id }) => id),
    'stages',
  );
  return asStored(stages.map((stage) => ({ ...stage, id: stage.id || uuidv7(), name: stage.name.trim() })));
};

/** Lines that stand keep the worth of their day; new ones get that of today. */
export const settleLines = async (lines: CostLine[], before: CostLine[], rates: Rates): Promise<CostLine[]> => {
  refuseTwice(
    lines.map(({ id }) => id),
    'costLines',
  );
  const known = new Map(before.map((line) => [line.id, line]));
  const settled: CostLine[] = [];
  for (const [index, line] of lines.entries()) {
    const field = `campaign.costLines[${index}]`;
    const stood = known.get(line.id);
    const planned = await settleSum(line.planned, stood?.planned, `${field}.planned`, rates);
    const actual = await settleSum(line.actual, stood?.actual, `${field}.actual`, rates);
    settled.push({
      ...line,
      id: line.id || uuidv7(),
      name: line.name.trim(),
      planned: planned ?? undefined,
      actual: actual ?? undefined,
    });
  }
  return asStored(settled);
};

/** The sum of rounded lines, in the base currency; none while no line has one. */
export const sumOf = (lines: CostLine[], which: 'planned' | 'actual'): Money | null => {
  const sums = lines.flatMap((line) => line[which] ?? []);
  if (!sums.length) return null;
  const { baseCurrency } = enterprise();
  const total = sums.reduce((sum, { baseAmount }) => sum.plus(baseAmount), new Big(0));
  const amount = roundMoney(total, baseCurrency);
  return { amount, currency: baseCurrency, baseAmount: amount, rateDate: '' };
};
