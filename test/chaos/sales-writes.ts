import { attempt } from './history.ts';
import { change, changed, create, created, keep, renew, settled, tokenOf, told, type Writer } from './writer.ts';

const ENDS = new Set(['STAGE_CATEGORY_WON', 'STAGE_CATEGORY_LOST', 'STAGE_CATEGORY_INVALID']);

export const createDeal = async (writer: Writer): Promise<void> => {
  const name = tokenOf(writer);
  const { id: ownerId } = writer.random.pick(writer.owners);
  const customerId = writer.customers.length ? writer.random.pick(writer.customers).id : undefined;
  const amount = { amount: `${writer.random.whole(1, 90_000)}.25`, currency: 'CNY' };
  const deal = { name, ownerId, amount, ...(customerId && { customerId }) };
  const made = await create(writer, 'deal create', '/v1/opportunities', deal, created('opportunity', 'name', name));
  if (made) keep(writer.deals, { id: made.id, version: made.version, ownerId, stageId: made.stageId });
};

export const moveDeal = async (writer: Writer): Promise<void> => {
  if (!writer.deals.length) return createDeal(writer);
  const deal = writer.random.pick(writer.deals);
  // A move that nobody answered may have been made: once more, it would be none.
  if (!(await renew(writer, deal, '/v1/opportunities'))) return;
  const reason = tokenOf(writer);
  const open = writer.stages.filter(({ category }) => !ENDS.has(category));
  const next =
    open[open.findIndex(({ id }) => id === deal.stageId) + 1] ??
    writer.stages.find(({ category }) => category === 'STAGE_CATEGORY_WON')!;
  const kind = next.category === 'STAGE_CATEGORY_WON' ? 'deal win' : 'deal move';
  if (kind === 'deal win') writer.deals.splice(writer.deals.indexOf(deal), 1);
  const moved = await change(
    writer,
    kind,
    deal,
    [told('opportunity', reason)],
    ({ id, version }) =>
      writer.person.ask('POST', `/v1/opportunities/${id}:move`, { stageId: next.id, version, reason }),
    '/v1/opportunities',
  );
  if (moved) deal.stageId = next.id;
};

export const amendDeal = async (writer: Writer): Promise<void> => {
  if (!writer.deals.length) return createDeal(writer);
  const note = tokenOf(writer);
  const amount = { amount: `${writer.random.whole(1, 90_000)}.75`, currency: 'CNY' };
  await change(
    writer,
    'deal update',
    writer.random.pick(writer.deals),
    [changed('opportunity', 'note', note)],
    ({ id, version }) => writer.person.ask('PATCH', `/v1/opportunities/${id}`, { note, amount, version }),
    '/v1/opportunities',
  );
};

const MEASURES = ['TARGET_MEASURE_CONTRACT_AMOUNT', 'TARGET_MEASURE_RECEIPTS'];
const MONTHS = ['2026-01-01', '2026-02-01', '2026-03-01'];
let amounts = 0;

/** Three months of a person, each to an amount that no other write sets: all of them or none. */
export const setTargets = async (writer: Writer): Promise<void> => {
  const { person, history, index, random } = writer;
  const { id: employeeId } = random.pick(writer.owners);
  const months = MONTHS.map((month) => ({ employeeId, month, amount: `${(amounts += 1)}.06` }));
  const effects = months.map(({ amount }) => settled('target', 'amount', amount));
  const measure = random.pick(MEASURES);
  const write = { kind: 'target set', writer: index, requestId: tokenOf(writer), effects };
  await attempt(history, write, () => person.ask('POST', '/v1/targets:set', { measure, months }));
};
