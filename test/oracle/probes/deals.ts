import {
  isOut,
  judgeSet,
  living,
  mayDo,
  open,
  plain,
  readingOf,
  sample,
  sees,
  every,
  verdict,
  type Probe,
} from '../judge.ts';
import { bindingOf, rpcsOf } from '../paths.ts';

type Column = {
  stageId: string;
  count: number;
  baseAmount: string;
  opportunities: { id: string }[];
  nextPageToken: string;
};

/** The board: cards, counts and sums of each column. */
export const boards: Probe = async (probing) => {
  const { door, decide, world } = probing;
  const answer = await door.rest('GET', `/v1/opportunities:board?pipelineId=${world.pipelineId}&pageSize=100`);
  const cut = ['stageId', 'pipelineId'].every((field) => open(probing, 'opportunity', field));
  const allowed = mayDo(probing, 'opportunity.read') && cut;
  const refusal = isOut(probing) ? 'signed out' : allowed ? 'ok' : 'denied';
  decide('board', door.name, 'the board', { oracle: refusal, product: verdict(answer) });
  if (answer.status !== 200) return;
  const columns = answer.body.columns as Column[];
  const deals = living(probing, 'opportunity');
  judgeSet(
    'board',
    probing,
    deals,
    (deal) => sees(probing, deal),
    new Set(columns.flatMap((column) => column.opportunities.map(({ id }) => id))),
  );
  for (const { stageId, count, baseAmount } of columns) {
    const here = deals.filter(
      (deal) => world.organisation.values.get(deal.id)?.['stageId'] === stageId && sees(probing, deal),
    );
    decide('board', door.name, `column ${stageId}`, { field: 'count', oracle: here.length, product: count });
    const sum = here.reduce(
      (all, { id }) => all + Number(world.organisation.values.get(id)?.['amount']?.baseAmount ?? 0),
      0,
    );
    decide('board', door.name, `column ${stageId}`, {
      field: 'baseAmount',
      oracle: open(probing, 'opportunity', 'amount') ? sum.toFixed(2) : '',
      product: baseAmount,
    });
  }
};

/** Through which stages a deal went; stages are a field of the deal. */
export const stays: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const deal of sample(probing, every(probing, 'opportunity'), 4)) {
    const answer = await door.rest('GET', `/v1/opportunities/${deal.id}/stages`);
    const reading = readingOf(probing, deal);
    const closed = !open(probing, 'opportunity', 'stageId');
    decide('stage stays', door.name, `opportunity ${deal.id}`, { oracle: reading, product: verdict(answer) });
    if (answer.status !== 200) continue;
    decide('stage stays', door.name, `opportunity ${deal.id}`, {
      field: 'stageId',
      oracle: closed ? 'nothing' : 'told',
      product: answer.body.stays.length ? 'told' : 'nothing',
    });
  }
};

/** When somebody was last in touch about a deal: kept beside it, and seen with it. */
export const contactDates: Probe = async (probing) => {
  const { door, decide, world } = probing;
  for (const deal of sample(probing, living(probing, 'opportunity'), 4)) {
    const path = `/v1/opportunities/${deal.id}/contact-dates`;
    const answer = await door.rest('GET', path);
    decide('contact dates', door.name, `opportunity ${deal.id}`, {
      oracle: readingOf(probing, deal),
      product: verdict(answer),
    });
    if (answer.status !== 200) continue;
    const truth = await world.house.admin.get(path);
    decide('contact dates', door.name, `opportunity ${deal.id}`, { oracle: plain(truth), product: plain(answer.body) });
  }
};

/** A contract of a deal: who may draft none, or does not see the deal, is told so. Where it is allowed it would be drafted. */
export const drafts: Probe = async (probing) => {
  const { door, decide } = probing;
  const [rpc] = rpcsOf('drafting');
  for (const deal of sample(probing, every(probing, 'opportunity'), 5)) {
    const allowed = mayDo(probing, 'contract.create');
    if (allowed && !deal.deleted && sees(probing, deal)) continue;
    const oracle = isOut(probing) ? 'signed out' : allowed ? 'not found' : 'denied';
    const { method, path } = bindingOf(rpc!);
    const answer = await door.rest(method, path.replace('{id}', deal.id), {});
    decide('drafting', door.name, `a contract of ${deal.id}`, { oracle, product: verdict(answer) });
  }
};
