import type { Tx } from '@pelagic/chassis/database';
import { refused } from '@pelagic/chassis/problem';
import type { Noun } from '../record/noun.ts';
import type { RecordRow } from '../record/records.ts';

export type DoubtReason = `DOUBT_REASON_${'UNSPECIFIED' | 'HONEYPOT' | 'TOO_FAST' | 'ADDRESS' | 'FLOOD' | 'REVIEWED'}`;

/** What a stranger sent in: received for some seconds, then accepted, held for a person, or refused. */
export type SubmissionRow = RecordRow & { state: string; reason: DoubtReason; remote_address: string };

export type SubmissionState = 'RECEIVED' | 'ACCEPTED' | 'HELD' | 'REFUSED';

/** How a service takes in what strangers send: its noun of submissions, and what becomes of an accepted one. */
export type Intake<R extends SubmissionRow> = {
  noun: Noun;
  /** The column of a submission that says to which form it was sent. */
  form: keyof R & string;
  /** The table of the forms that are being flooded: that column, and until when. */
  floods: string;
  /** What the names of the states begin with. */
  prefix: string;
  accept: (tx: Tx, row: R) => void | Promise<void>;
};

export const stateOf = <R extends SubmissionRow>({ prefix }: Intake<R>, state: SubmissionState): string =>
  `${prefix}_${state}`;

export const accept = async <R extends SubmissionRow>(
  intake: Intake<R>,
  tx: Tx,
  row: R,
  reason: DoubtReason,
): Promise<void> => {
  row.state = stateOf(intake, 'ACCEPTED');
  row.reason = reason;
  await intake.accept(tx, row);
};

export const hold = <R extends SubmissionRow>(intake: Intake<R>, row: R, reason: DoubtReason): void => {
  row.state = stateOf(intake, 'HELD');
  row.reason = reason;
};

/** A person decides on what is held; what was taken for a robot's may turn out to be a person's. */
export const review = async <R extends SubmissionRow>(
  intake: Intake<R>,
  tx: Tx,
  row: R,
  accepted: boolean,
): Promise<void> => {
  const waits = row.state === stateOf(intake, 'HELD');
  if (!waits && !(accepted && row.state === stateOf(intake, 'REFUSED')))
    throw refused('SUBMISSION_DECIDED', 'This has been decided already.');
  if (accepted) return accept(intake, tx, row, 'DOUBT_REASON_REVIEWED');
  row.state = stateOf(intake, 'REFUSED');
  row.reason = 'DOUBT_REASON_REVIEWED';
};
