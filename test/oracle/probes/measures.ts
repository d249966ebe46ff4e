/** How far a receipt plan is paid: of the contract, and of its receipts. */
const PAID = ['amount', 'instalments', 'state', 'receipt.amount', 'receipt.allocations'];

/**
 * What each measure is made of: who may not see one of these fields may not have the figure. Those of another noun stand
 * under its name: who may not read that noun may not have it either.
 */
export const MADE_OF: Record<string, Record<string, string[]>> = {
  lead: {
    new_count: [],
    converted_count: ['state'],
    invalid_count: ['state'],
    conversion_rate: ['state'],
    open_count: ['state'],
  },
  customer: { new_count: [], from_lead_count: ['leadId'] },
  contact: { new_count: [] },
  opportunity: {
    new_count: [],
    new_amount: ['amount'],
    still_open_count: ['state'],
    still_open_amount: ['amount', 'state'],
    won_count: ['state', 'closeDate'],
    won_amount: ['amount', 'state', 'closeDate'],
    lost_count: ['state', 'closeDate'],
    lost_amount: ['amount', 'state', 'closeDate'],
    invalid_count: ['state', 'closeDate'],
    win_rate: ['state', 'closeDate'],
    average_deal: ['amount', 'state', 'closeDate'],
    sales_cycle: ['state', 'closeDate', 'createDate'],
    open_count: ['state'],
    open_amount: ['amount', 'state'],
    open_weighted: ['amount', 'probability', 'state'],
  },
  contract: {
    new_count: ['signDate'],
    agreed_count: ['signDate', 'state'],
    agreed_amount: ['signDate', 'amount', 'state'],
    sold_amount: ['signDate', 'amount', 'lines', 'state'],
    sold_quantity: ['signDate', 'amount', 'lines', 'state'],
    average_price: ['signDate', 'amount', 'lines', 'state'],
    discount_amount: ['signDate', 'amount', 'lines', 'state'],
    realisation_rate: ['signDate', 'amount', 'lines', 'state'],
    due_amount: ['amount', 'instalments', 'state'],
    paid_amount: PAID,
    outstanding_amount: PAID,
    overdue_amount: PAID,
    overdue_count: PAID,
    collection_rate: PAID,
  },
  receipt: {
    entry_count: ['receiveDate'],
    received_amount: ['receiveDate', 'amount', 'kind'],
    returned_amount: ['receiveDate', 'amount', 'kind'],
    net_amount: ['receiveDate', 'amount'],
  },
  target: {
    target_count: ['month'],
    person_contract_target: ['month', 'amount', 'measure', 'subject'],
    person_receipt_target: ['month', 'amount', 'measure', 'subject'],
    department_contract_target: ['month', 'amount', 'measure', 'subject'],
    department_receipt_target: ['month', 'amount', 'measure', 'subject'],
  },
  campaign: {
    new_count: ['startDate'],
    budget: ['startDate', 'budget'],
    planned_cost: ['startDate', 'plannedCost'],
    actual_cost: ['startDate', 'actualCost'],
  },
  task: {
    new_count: [],
    done_count: ['state'],
    in_time_rate: ['state', 'dueDate', 'finishTime'],
    open_count: ['state'],
  },
  ticket: {
    new_count: [],
    late_count: ['late'],
    first_answer_hours: ['firstAnswerMinutes', 'firstAnswerTime'],
    solved_count: ['solveTime'],
    in_time_rate: ['solveTime', 'late'],
    solve_hours: ['solveTime', 'solveMinutes'],
    open_count: ['state'],
  },
  activity: { count: [], call_count: ['kind'], visit_count: ['kind'], mail_count: ['kind'], note_count: ['kind'] },
};

/** The measure of each cube that counts every record once. */
export const WHOLE: Record<string, string> = {
  lead: 'new_count',
  customer: 'new_count',
  contact: 'new_count',
  opportunity: 'new_count',
  contract: 'new_count',
  receipt: 'entry_count',
  campaign: 'new_count',
  task: 'new_count',
  ticket: 'new_count',
  activity: 'count',
};
