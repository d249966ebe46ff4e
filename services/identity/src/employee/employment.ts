import { today } from '@pelagic/chassis/enterprise';
import { Problem } from '@pelagic/chassis/problem';
import { sql } from 'kysely';

/**
 * The day on which employment begins, of a row of `employee`: that of the first placement, YYYY-MM-DD. Empty once the
 * person was let in: an enterprise that moves to another time zone shuts nobody out again.
 */
export const beginDate = sql<string>`case when exists (
    select from credential let_in where let_in.employee_id = employee.id and let_in.last_sign_in_time is not null
  ) then '' else employee.placements -> 0 ->> 'fromDate' end`;

/** Who is yet to come may have a password already, and comes in on the day that their employment begins. */
export const refuseBefore = (begin: string): void => {
  if (begin > today())
    throw new Problem(
      'UNAUTHENTICATED',
      'EMPLOYMENT_NOT_BEGUN',
      `Your employment begins on ${begin}: sign in from that day on.`,
      { params: { date: begin } },
    );
};
