import { answered, attempt, type Effect } from './history.ts';
import { keep, tokenOf, type OpenPage, type Writer } from './writer.ts';

/** Whoever sends a form sooner is taken for a robot. */
const FILLED_IN_MS = 3_500;

type PublicForm = {
  kind: string;
  at: string;
  opened: OpenPage[];
  effect: (name: string) => Effect;
  written: (name: string) => object;
};

/** A stranger opens the page of a form; another, who opened it a while ago, sends it. Each comes from an address of their own. */
export const sendPublicForm = async (
  { stranger, random, history, index, ...writer }: Writer,
  { kind, at, opened, effect, written }: PublicForm,
): Promise<void> => {
  const from = { 'x-forwarded-for': `10.${[1, 2, 3].map(() => random.whole(1, 250)).join('.')}` };
  const { status, body } = await answered(stranger.ask('GET', at, undefined, from));
  if (status === 200) keep(opened, { ticket: body.ticket, from, since: history.now() });
  const due = opened.findIndex(({ since }) => history.now() - since > FILLED_IN_MS);
  if (due < 0) return;
  const [page] = opened.splice(due, 1);
  const name = tokenOf({ ...writer, stranger, random, history, index });
  const write = { kind, writer: index, requestId: name, effects: [effect(name)] };
  const sent = { ticket: page!.ticket, ...written(name) };
  await attempt(history, write, () => stranger.ask('POST', `${at}:submit`, sent, page!.from));
};
