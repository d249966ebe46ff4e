import { change, changed, create, created, keep, tokenOf, told, type Writer } from './writer.ts';

const ENDS = new Set(['STAGE_CATEGORY_WON', 'STAGE_CATEGORY_LOST', 'STAGE_CATEGORY_INVALID']);

export const createDeal = async (writer: Writer): Promise<void> => {
  const name = tokenOf(writer);
  const { id: ownerId } = writer.random.pick(writer.owners);
  const customerId = writer.customers.length ? writer.random.pick(writer.customers).id : undefined;
  const amount = { amount: `${writer.random.whole(1, 90_000)}.25`, currency: 'CNY' };
  const deal = { name, ownerId, amount, ...(customerId && { customerId }) };
  const made = await create(writer, 'deal create', '/v1/opportunities', deal, created('opportunity', 'name', name));
  if (made) keep(writer.deals, { id: made.id, version: made.version, ownerId, moves: 0 });
};

export const moveDeal = async (writer: Writer): Promise<void> => {
  if (!writer.deals.length) return createDeal(writer);
  const deal = writer.random.pick(writer.deals);
  const reason = tokenOf(writer);
  const open = writer.stages.filter(({ category }) => !ENDS.has(category));
  const next = open[deal.moves + 1] ?? writer.stages.find(({ category }) => category === 'STAGE_CATEGORY_WON')!;
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
  if (moved) deal.moves += 1;
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
