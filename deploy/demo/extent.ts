const DAY = 86_400_000;

/** A smaller demo for tests: this part of the whole. */
const share = Number(process.env['DEMO_SHARE'] ?? 1);
const part = (whole: number): number => Math.ceil(whole * share);

/**
 * How much is entered by itself; with what comes of converted leads it is the least that the demo promises, and a little
 * more. A conversion goes through two services and takes as long as thirty follow-ups.
 */
export const AMOUNTS = {
  leads: part(3_000),
  converted: part(250),
  customers: part(960),
  contacts: part(2_260),
  deals: part(1_790),
  activities: part(20_100),
  tasks: part(600),
  tickets: part(1_500),
  contracts: part(700),
  schedules: part(400),
  workLogs: part(2_000),
};

export type Span = { begin: Date; end: Date };

/** The day after the last one that is told of. */
const midnight = new Date(`${process.env['DEMO_END'] ?? new Date().toISOString().slice(0, 10)}T00:00:00Z`);

/** Two years that end with yesterday's working day. */
export const SPAN: Span = {
  begin: new Date(midnight.getTime() - 731 * DAY),
  end: new Date(midnight.getTime() - 14 * 3_600_000),
};

/** When a team goes to another region. */
export const MIDDLE = new Date(midnight.getTime() - 365 * DAY);
