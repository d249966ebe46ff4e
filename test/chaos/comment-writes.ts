import { createLead } from './customer-writes.ts';
import { change, changed, create, created, keep, tokenOf, type Writer } from './writer.ts';

/** Said of records of two services, with a name in it: whoever is named is told, and the owner. */
export const writeComment = async (writer: Writer): Promise<void> => {
  const records = [
    { service: 'customer', noun: 'lead', held: writer.leads },
    { service: 'customer', noun: 'customer', held: writer.customers },
    { service: 'sales', noun: 'opportunity', held: writer.deals },
  ];
  const { service, noun, held } = writer.random.pick(records);
  if (!held.length) return createLead(writer);
  const text = tokenOf(writer);
  const mentionIds = writer.random.chance(0.5) ? [writer.random.pick(writer.owners).id] : [];
  const comment = { recordNoun: noun, recordId: writer.random.pick(held).id, text, mentionIds };
  const path = `/v1/${service}/comments`;
  const made = await create(writer, 'comment write', path, comment, created('comment', 'text', text));
  if (made) keep(writer.comments, { id: made.id, version: made.version, ownerId: '', service });
};

/** By who wrote it; one whose version nobody knows is left alone, for a comment is read in the list of its record only. */
export const rewriteComment = async (writer: Writer): Promise<void> => {
  const comments = writer.comments.filter(({ version }) => version);
  if (!comments.length) return writeComment(writer);
  const text = tokenOf(writer);
  const comment = writer.random.pick(comments);
  const path = `/v1/${comment.service}/comments`;
  await change(
    writer,
    'comment rewrite',
    comment,
    [changed('comment', 'text', text)],
    ({ id, version }) => writer.person.ask('PATCH', `${path}/${id}`, { text, version }),
    path,
  );
};
