import { attempt } from './history.ts';
import { change, changed, create, created, keep, phone, tokenOf, told, type Writer } from './writer.ts';

export const createLead = async (writer: Writer): Promise<void> => {
  const name = tokenOf(writer);
  const { id: ownerId } = writer.random.pick(writer.owners);
  const lead = { name, company: `${name}航运有限公司`, phones: [phone()], ownerId };
  const made = await create(writer, 'lead create', '/v1/leads', lead, created('lead', 'name', name));
  if (made) keep(writer.leads, { id: made.id, version: made.version, ownerId });
};

export const updateLead = async (writer: Writer): Promise<void> => {
  if (!writer.leads.length) return createLead(writer);
  const note = tokenOf(writer);
  await change(
    writer,
    'lead update',
    writer.random.pick(writer.leads),
    [changed('lead', 'note', note)],
    ({ id, version }) => writer.person.ask('PATCH', `/v1/leads/${id}`, { note, version }),
    '/v1/leads',
  );
};

export const assignLead = async (writer: Writer): Promise<void> => {
  if (!writer.leads.length) return createLead(writer);
  const reason = tokenOf(writer);
  const held = writer.random.pick(writer.leads);
  await change(
    writer,
    'lead assign',
    held,
    [told('lead', reason)],
    ({ id, version, ownerId: present }) => {
      const ownerId = writer.random.pick(writer.owners.filter((one) => one.id !== present)).id;
      held.ownerId = ownerId;
      return writer.person.ask('POST', `/v1/leads/${id}:assign`, { ownerId, version, reason });
    },
    '/v1/leads',
  );
};

export const convertLead = async (writer: Writer): Promise<void> => {
  const held = writer.leads.shift();
  if (!held) return createLead(writer);
  const name = tokenOf(writer);
  const amount = `${writer.random.whole(100, 90_000)}.10`;
  const effects = [
    changed('lead', 'customerId', held.id),
    created('customer', 'leadId', held.id),
    created('contact', 'leadId', held.id),
    created('opportunity', 'leadId', held.id),
  ];
  const body = { createOpportunity: true, opportunity: { name, amount, currency: 'CNY' }, ignoreWarnings: true };
  const { op, body: answer } = await attempt(
    writer.history,
    { kind: 'lead convert', writer: writer.index, requestId: name, effects },
    () => writer.person.ask('POST', `/v1/leads/${held.id}:convert`, body),
  );
  // Answered while it still runs: it comes to its end, or is taken back, by itself.
  if (op.outcome === 'ok' && answer.state !== 'CONVERSION_STATE_DONE') op.outcome = 'unknown';
  if (op.outcome !== 'ok') return;
  delete op.version;
  keep(writer.customers, { id: answer.customerId, version: 0, ownerId: '' });
  keep(writer.deals, { id: answer.opportunityId, version: 0, ownerId: '', stageId: '' });
};

export const createCustomer = async (writer: Writer): Promise<void> => {
  const name = `${tokenOf(writer)}贸易`;
  const { id: ownerId } = writer.random.pick(writer.owners);
  const customer = { name, ownerId, phones: [phone()] };
  const made = await create(writer, 'customer create', '/v1/customers', customer, created('customer', 'name', name));
  if (made) keep(writer.customers, { id: made.id, version: made.version, ownerId });
};

export const updateCustomer = async (writer: Writer): Promise<void> => {
  if (!writer.customers.length) return createCustomer(writer);
  const note = tokenOf(writer);
  await change(
    writer,
    'customer update',
    writer.random.pick(writer.customers),
    [changed('customer', 'note', note)],
    ({ id, version }) => writer.person.ask('PATCH', `/v1/customers/${id}`, { note, version }),
    '/v1/customers',
  );
};

export const createContact = async (writer: Writer): Promise<void> => {
  if (!writer.customers.length) return createCustomer(writer);
  const name = tokenOf(writer);
  const contact = { name, customerId: writer.random.pick(writer.customers).id, phones: [phone()] };
  await create(writer, 'contact create', '/v1/contacts', contact, created('contact', 'name', name));
};

export const logActivity = async (writer: Writer): Promise<void> => {
  const subjects = [
    ['lead', writer.leads],
    ['customer', writer.customers],
    ['opportunity', writer.deals],
  ] as const;
  const [subjectNoun, held] = writer.random.pick(subjects);
  if (!held.length) return createLead(writer);
  const subject = writer.random.pick(held);
  const content = tokenOf(writer);
  const activity = { kind: 'ACTIVITY_KIND_CALL', subjectNoun, subjectId: subject.id, content };
  const made = await create(
    writer,
    'activity log',
    '/v1/activities',
    activity,
    created('activity', 'content', content),
  );
  // A lead moves on by it; the others remember the contact.
  subject.version = 0;
  if (made) keep(writer.activities, { id: made.id });
};

export const correctActivity = async (writer: Writer): Promise<void> => {
  if (!writer.activities.length) return logActivity(writer);
  const content = tokenOf(writer);
  const { id } = writer.random.pick(writer.activities);
  const happenTime = new Date(Date.now() - writer.random.whole(60, 86_400) * 1_000).toISOString();
  await attempt(
    writer.history,
    {
      kind: 'activity correct',
      writer: writer.index,
      requestId: content,
      effects: [changed('activity', 'content', content)],
    },
    () => writer.person.ask('PATCH', `/v1/activities/${id}`, { content, happenTime }),
  );
};

/** A tag of its own for each write: none is lost, whatever else is done to the lead at the same time. */
export const tagLead = async (writer: Writer): Promise<void> => {
  const { person, admin, history, index, random, leads } = writer;
  if (!leads.length) return createLead(writer);
  const { id: recordId } = random.pick(leads);
  const name = tokenOf(writer);
  // Tags are the administrator's to make, and everybody's to put on what they may change.
  const tag = { kind: 'tag create', writer: index, requestId: name, effects: [created('tag', 'name', name)] };
  const { op, body } = await attempt(history, tag, () => admin.ask('POST', '/v1/customer/tags', { name }));
  if (op.outcome !== 'ok') return;
  const addIds = [body.id];
  await attempt(
    history,
    { kind: 'lead tag', writer: index, requestId: name, effects: [changed('lead', 'tagIds', body.id)] },
    () => person.ask('POST', '/v1/customer/tags:change', { noun: 'lead', recordId, addIds }),
  );
};

/** The file is there before the write: what breaks off at its upload is nobody's, and swept away. */
export const attachFile = async (writer: Writer): Promise<void> => {
  const { person, history, index, random } = writer;
  if (!writer.leads.length) return createLead(writer);
  const { id: recordId } = random.pick(writer.leads);
  const name = `${tokenOf(writer)}.txt`;
  const bytes = Buffer.from('送货单');
  const fileId = await person.upload('customer', name, bytes, 'FILE_PURPOSE_ATTACHMENT').catch(() => undefined);
  if (!fileId) return;
  await attempt(
    history,
    { kind: 'file attach', writer: index, requestId: name, effects: [created('attachment', 'name', name)] },
    () =>
      person.ask(
        'POST',
        '/v1/customer/attachments',
        { recordNoun: 'lead', recordId, fileId },
        { 'idempotency-key': name },
      ),
  );
};
