import { enterprise } from '@pelagic/chassis/enterprise';
import { currencyScale } from '@pelagic/chassis/money';

/** Names that stand in what `instalmentsOf` makes, for statements that bring names of their own. */
export const INSTALMENT_NAMES = [
  ...['instalment_id', 'instalment_name', 'due_date', 'planned_sum', 'planned', 'paid', 'received', 'late'],
  ...['allocation_id', 'allocation_sum', 'record_id', 'part', 'given'],
];

/**
 * A row for each instalment of each of the records, with what was received for it (at the rate of its contract, so that
 * what is paid in full leaves nothing) and whether it is late on a day.
 */
export const instalmentsOf = (records: string, receipts: string, today: string): string => {
  const scale = currencyScale(enterprise().baseCurrency);
  // Wide enough for every sum; nothing is planned of 0, but the engine may divide before it looks.
  const share = `divideDecimal(multiplyDecimal(planned, paid, 8), greatest(planned_sum, toDecimal128('0.0001', 4)), 8)`;
  return `(select *, id as record_id, if(paid >= planned_sum, planned, toDecimal128(round(${share}, ${scale}), 4)) as received,
      due_date < ${today} and received < planned as late
    from (select *, instalment_id, instalment_name, due_date, planned_sum, planned from ${records}
      array join instalment_ids as instalment_id, instalment_names as instalment_name, instalment_due_dates as due_date,
        instalment_sums as planned_sum, instalment_amounts as planned) as part
    left join (select allocation_id, sum(allocation_sum) as paid from ${receipts} final
      array join allocation_ids as allocation_id, allocation_sums as allocation_sum
      where deleted = 0 group by allocation_id) as given on given.allocation_id = part.instalment_id)`;
};
