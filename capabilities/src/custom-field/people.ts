import type { FieldError } from '@pelagic/chassis/problem';
import { sql, type Kysely } from 'kysely';
import type { CustomValues } from './custom-field.ts';

const personIn = (values: CustomValues, slug: string): string => {
  const value = values[slug]?.value;
  return value?.$case === 'employeeId' ? value.value : '';
};

/** Who some people are, as far as this service has heard of them. */
const peopleOf = async (db: Kysely<any>, ids: string[]): Promise<Map<string, { name: string; left: boolean }>> => {
  const { rows } = await sql<{ id: string; name: string; left: boolean }>`
    select id, name, state = 'EMPLOYEE_STATE_LEFT' as left from directory_employee where id = any(${ids}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map(({ id, name, left }) => [id, { name, left }]));
};

/**
 * Errors for values that name nobody, or somebody who has left: whom the field names already may stay, and history
 * (`past`) knows everybody who ever was here.
 */
export const peopleErrors = async (
  db: Kysely<any>,
  values: CustomValues,
  { before = {}, past = false }: { before?: CustomValues; past?: boolean | undefined },
): Promise<FieldError[]> => {
  const named = Object.keys(values).filter(
    (slug) => personIn(values, slug) && personIn(values, slug) !== personIn(before, slug),
  );
  if (!named.length) return [];
  const people = await peopleOf(
    db,
    named.map((slug) => personIn(values, slug)),
  );
  return named.flatMap((slug): FieldError[] => {
    const person = people.get(personIn(values, slug));
    const field = `custom.${slug}`;
    if (!person) return [{ field, reason: 'UNKNOWN_EMPLOYEE', message: 'There is no such employee.' }];
    return person.left && !past
      ? [
          {
            field,
            reason: 'EMPLOYEE_LEFT',
            message: `${person.name} has left the enterprise.`,
            params: { name: person.name },
          },
        ]
      : [];
  });
};
