import { countBy, finding, type Finding } from '../difference.ts';
import type { Consumer, Ledger, Written } from '../ledger.ts';

const matches = (subject: string, pattern: string): boolean =>
  pattern.endsWith('.>') ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern;

const concerning = ({ from, subjects }: Consumer, events: Written[]): Written[] =>
  events.filter(({ service, subject }) => service === from && subjects.some((pattern) => matches(subject, pattern)));

/** Every event of its subjects was handled by each consumer, once; nothing was given up. */
const checkInboxes = ({ events, consumers, parked }: Ledger): Finding => {
  const { found, compared, differ } = finding('stream = inbox effects');
  for (const consumer of consumers) {
    const handled = countBy(consumer.handled, ({ eventId }) => eventId);
    const told = concerning(consumer, events);
    const known = new Set(told.map(({ id }) => id));
    for (const { id, subject, recordId, version, recorded } of told) {
      compared();
      if (!handled.has(id)) differ('lost', `${subject} ${recordId} v${version} at ${consumer.name}`, { at: recorded });
    }
    for (const id of handled.keys()) if (!known.has(id)) differ('foreign', `${id} at ${consumer.name}`);
  }
  for (const { consumer, eventId, reason } of parked) differ('stuck', `${eventId} is parked at ${consumer}: ${reason}`);
  return found;
};

/** Each consumer handled the versions of each record in their order; with all of them handled, without a gap. */
const checkOrder = ({ events, consumers }: Ledger): Finding => {
  const { found, compared, differ } = finding('order at consumers');
  for (const consumer of consumers) {
    const places = new Map(consumer.handled.map(({ eventId, place }) => [eventId, place]));
    const told = concerning(consumer, events).filter(({ id }) => places.has(id));
    for (const theirs of Map.groupBy(told, ({ recordId }) => recordId).values()) {
      let latest: Written | undefined;
      for (const event of theirs.toSorted((a, b) => places.get(a.id)! - places.get(b.id)!)) {
        compared();
        if (latest && event.version < latest.version)
          differ(
            'disordered',
            `${event.subject} ${event.recordId} v${event.version} after v${latest.version} at ${consumer.name}`,
            {
              at: event.recorded,
            },
          );
        else latest = event;
      }
    }
  }
  return found;
};

/** An entry for each event that the timeline shows, at the moment that it tells of. */
const checkTimeline = ({ events, consumers, timeline, rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('timeline');
  const entries = new Map(timeline.map((entry) => [entry.event_id as string, entry]));
  const shown = consumers
    .filter(({ name }) => name.startsWith('customer_timeline'))
    .flatMap((consumer) => concerning(consumer, events));
  for (const { id, subject, recordId, version, recorded } of shown) {
    compared();
    const entry = entries.get(id);
    const what = `${subject} ${recordId} v${version}`;
    if (!entry) differ('lost', what, { at: recorded });
    else if (entry.version !== version || entry.record_id !== recordId) differ('unequal', what, { at: recorded });
    else if (subject === 'crm.customer.activity.created.v1') {
      const happened = new Date(rows.get('activity')!.get(recordId)?.happen_time ?? 0).getTime();
      if (new Date(entry.time).getTime() !== happened) differ('unequal', `${what}: when it happened`, { at: recorded });
    }
  }
  const known = new Set(shown.map(({ id }) => id));
  for (const id of entries.keys()) if (!known.has(id)) differ('foreign', `entry of ${id}`);
  return found;
};

/** What strangers sent in and what was accepted of it is one lead each, under the id that was given for it; nothing else is. */
const checkForms = ({ rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('forms = leads');
  const leads = rows.get('lead')!;
  const accepted = new Set<string>();
  for (const { id, state, lead_id: leadId, name } of rows.get('form_submission')!.values()) {
    compared();
    if (state === 'FORM_SUBMISSION_STATE_RECEIVED') differ('stuck', `form ${id}`);
    if (!leadId) continue;
    accepted.add(leadId);
    const lead = leads.get(leadId);
    if (!lead) differ('lost', `the lead of form ${id}`);
    else if (lead.name !== name) differ('unequal', `lead ${leadId} is called ${lead.name}, sent in was ${name}`);
  }
  for (const { id, creator_id: creator } of leads.values())
    if (!creator && !accepted.has(id)) differ('foreign', `lead ${id} is of no form`);
  return found;
};

/** What strangers asked for and was accepted is one ticket each, under the id and number that they were given; nothing else came by a form. */
const checkRequests = ({ rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('requests = tickets');
  const tickets = rows.get('ticket')!;
  const accepted = new Set<string>();
  for (const { id, state, ticket_id: ticketId, number, name } of rows.get('ticket_submission')!.values()) {
    compared();
    if (state === 'TICKET_SUBMISSION_STATE_RECEIVED') differ('stuck', `request ${id}`);
    if (state !== 'TICKET_SUBMISSION_STATE_ACCEPTED') continue;
    accepted.add(ticketId);
    const ticket = tickets.get(ticketId);
    if (!ticket) differ('lost', `the ticket of request ${id}`);
    else if (ticket.name !== name || ticket.number !== number)
      differ('unequal', `ticket ${ticketId} is ${ticket.number} ${ticket.name}, sent in was ${number} ${name}`);
  }
  for (const { id, channel } of tickets.values())
    if (channel === 'TICKET_CHANNEL_FORM' && !accepted.has(id)) differ('foreign', `ticket ${id} is of no request`);
  return found;
};

const DECIDED: Record<string, string> = {
  CONTRACT_STATE_IN_APPROVAL: 'APPROVAL_STATE_PENDING',
  CONTRACT_STATE_EFFECTIVE: 'APPROVAL_STATE_APPROVED',
};

/** What was submitted is asked for once, under the id that the contract knows, and stands as it was decided. */
const checkApprovals = ({ rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('contracts = approvals');
  const approvals = rows.get('approval')!;
  const asked = new Set<string>();
  for (const { id, state, approval_id: approvalId } of rows.get('contract')!.values()) {
    compared();
    if (!approvalId) continue;
    asked.add(approvalId);
    const approval = approvals.get(approvalId);
    if (!approval) differ('lost', `the approval of contract ${id}`);
    else if (approval.subject_id !== id || approval.state !== DECIDED[state])
      differ('unequal', `contract ${id} is ${state}, its approval ${approval.state} of ${approval.subject_id}`);
  }
  for (const id of approvals.keys()) if (!asked.has(id)) differ('foreign', `approval ${id} is of no contract`);
  return found;
};

/** Which tickets were answered, the tickets and what was said on them agree on; what is solved has its clock stopped. */
const checkTickets = ({ rows }: Ledger): Finding => {
  const { found, compared, differ } = finding('tickets = messages');
  const answers = [...rows.get('ticket_message')!.values()].filter(({ kind }) => kind === 'TICKET_MESSAGE_KIND_ANSWER');
  const answered = new Set(answers.map(({ ticket_id: id }) => id));
  for (const { id, state, first_answer_time: first, running_since: running } of rows.get('ticket')!.values()) {
    compared();
    if (answered.has(id) !== (first !== null)) differ('unequal', `ticket ${id}: first answer ${first}`);
    if (answered.has(id) && state === 'TICKET_STATE_NEW') differ('unequal', `ticket ${id} is answered and new`);
    if ((state === 'TICKET_STATE_SOLVED') !== (running === null))
      differ('unequal', `ticket ${id}: ${state}, ${running}`);
  }
  return found;
};

const CUSTOMER = {
  noun: 'customer',
  columns: {
    name: (row: any) => row.name,
    number: (row: any) => row.number,
    external_id: (row: any) => row.external_id,
    owner_id: (row: any) => row.owner_id,
    department_id: (row: any) => row.department_id,
    deleted: (row: any) => row.delete_time !== null,
  },
};

const BELONGING = {
  name: (row: any) => row.name,
  owner_id: (row: any) => row.owner_id,
  department_id: (row: any) => row.department_id,
  customer_id: (row: any) => row.customer_id,
};

/** How a copy's columns follow from the owner's row. */
const COPIED: Record<string, { noun: string; columns: Record<string, (row: any) => unknown> }> = {
  'sales.customer': CUSTOMER,
  'ticket.customer': CUSTOMER,
  'customer.belonging contract': { noun: 'contract', columns: BELONGING },
  'customer.belonging ticket': { noun: 'ticket', columns: BELONGING },
  'ticket.calendar_copy': { noun: 'working_calendar', columns: { name: (row) => row.name } },
  'customer.opportunity_subject': {
    noun: 'opportunity',
    columns: {
      name: (row) => row.name,
      owner_id: (row) => row.owner_id,
      department_id: (row) => row.department_id,
      customer_id: (row) => row.customer_id,
      open: (row) => row.state === 'OPPORTUNITY_STATE_OPEN',
    },
  },
  directory_employee: { noun: 'employee', columns: { name: (row) => row.name, state: (row) => row.state } },
  'office.reporting_department': { noun: 'department', columns: { leader_id: (row) => row.leader_id } },
  'office.reporting_role': { noun: 'role', columns: {} },
  'office.reporting_employee': {
    noun: 'employee',
    columns: { active: (row) => row.state === 'EMPLOYEE_STATE_ACTIVE' },
  },
  'office.follow_up': {
    noun: 'activity',
    columns: {
      owner_id: (row) => row.owner_id,
      subject_id: (row) => row.subject_id,
      deleted: (row) => row.delete_time !== null,
    },
  },
  directory_department: { noun: 'department', columns: { name: (row) => row.name } },
};

/** Copies in other services say what the owner says. */
const checkCopies = ({ rows, copies }: Ledger): Finding => {
  const { found, compared, differ } = finding('copies = owners');
  for (const [copy, table] of copies) {
    const { noun, columns } = COPIED[copy] ?? COPIED[copy.split('.')[1]!]!;
    const owned = rows.get(noun)!;
    for (const [id, row] of owned) {
      compared();
      const mine = table.get(id);
      if (!mine) {
        differ('lost', `${noun} ${id} from ${copy}`);
        continue;
      }
      for (const [column, of] of Object.entries(columns))
        if (mine[column] !== of(row)) differ('unequal', `${column} of ${noun} ${id} in ${copy}`);
    }
    for (const id of table.keys()) if (!owned.has(id)) differ('foreign', `${noun} ${id} in ${copy}`);
  }
  return found;
};

/** Every projection has come to the owner's version of every record. */
const checkSeen = ({ seen, rows, consumers }: Ledger): Finding => {
  const { found, compared, differ } = finding('versions at projections');
  for (const [name, theirs] of Map.groupBy(seen, ({ service, projection }) => `${service}_${projection}`)) {
    const consumer = consumers.find((each) => each.name === name);
    const noun = consumer?.subjects[0]?.split('.')[2];
    const owned = noun && rows.get(noun);
    if (!owned) {
      differ('foreign', `nobody knows what ${name} copies`);
      continue;
    }
    const versions = new Map(theirs.map(({ recordId, version }) => [recordId, version]));
    for (const [id, row] of owned) {
      compared();
      if (versions.get(id) !== (row.version ?? 1))
        differ('unequal', `${noun} ${id}: ${name} has v${versions.get(id) ?? 0} of v${row.version}`);
    }
  }
  return found;
};

/** What became of events in other services. */
export const checkEffects = (ledger: Ledger): Finding[] =>
  [
    checkInboxes,
    checkOrder,
    checkTimeline,
    checkForms,
    checkRequests,
    checkApprovals,
    checkTickets,
    checkCopies,
    checkSeen,
  ].map((check) => check(ledger));
