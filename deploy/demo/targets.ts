import { DepartmentServiceService } from '@pelagic/proto/crm/identity/v1/department';
import type { TargetMeasure } from '@pelagic/proto/crm/sales/v1/target';
import { connect } from '@pelagic/chassis/client';
import { addressOf, runCommands, type Command } from './commands.ts';
import type { Span } from './extent.ts';
import type { Organization } from './organization.ts';
import { seeded, type Random } from './random.ts';

const SEED = 17;
/** Of a year's target in each month, percent: quiet around the Spring Festival, most at the end of the year. */
const SEASON = [7, 5, 9, 8, 8, 9, 8, 8, 9, 8, 9, 12];
/** Who sold nothing yet is still to bring in so much a year. */
const LEAST = 300_000;
const MEASURES = ['TARGET_MEASURE_CONTRACT_AMOUNT', 'TARGET_MEASURE_RECEIPTS'] as const;

/** What somebody brought in on a day. */
export type Brought = { measure: (typeof MEASURES)[number]; personId: string; date: string; amount: number };

type Department = { id: string; parentId: string; name: string };

/** In thousands, as people set them. */
const round = (amount: number): number => Math.max(1, Math.round(amount / 1_000)) * 1_000;

/** A year's months so that by today somebody has done what people do: most of it, some more. */
const monthsFor = (random: Random, sold: number, year: number, { end }: Span): number[] => {
  const passed = year < end.getUTCFullYear() ? 12 : end.getUTCMonth() + end.getUTCDate() / 30;
  const share = SEASON.reduce((sum, percent, month) => sum + percent * Math.min(1, Math.max(0, passed - month)), 0);
  const rate = random.whole(68, 122) / 100;
  const whole = Math.max(LEAST, (sold / Math.max(share, 5) / rate) * 100);
  return SEASON.map((percent) => round((whole * percent) / 100));
};

const sumOf = (parts: number[][]): number[] =>
  SEASON.map((_, month) => parts.reduce((sum, part) => sum + (part[month] ?? 0), 0));

type Year = { year: number; measure: TargetMeasure; actor: string };

const command = ({ year, measure, actor }: Year, subject: object, amounts: number[]): Command => ({
  rpc: 'crm.sales.v1.TargetService/SetTargets',
  request: {
    measure,
    months: amounts.map((amount, index) => ({
      ...subject,
      month: `${year}-${String(index + 1).padStart(2, '0')}-01`,
      amount: amount.toFixed(2),
    })),
  },
  actor,
  time: new Date(Date.UTC(year, 0, 4, 2)),
});

/** Those of a department are what its people and those below it come to, with a little more at the top. */
const departmentsOf = (
  departments: Department[],
  people: Map<string, number[][]>,
  top: number,
): Map<string, number[]> => {
  const found = new Map<string, number[]>();
  const of = ({ id, name, parentId }: Department): number[] => {
    const below = departments.filter((each) => each.parentId === id).map(of);
    const sum = sumOf([...(people.get(name) ?? []), ...below]);
    const months = parentId ? sum : sum.map((amount) => round(amount * top));
    if (months.some((amount) => amount > 0)) found.set(id, months);
    return months;
  };
  for (const department of departments.filter(({ parentId }) => !parentId)) of(department);
  return found;
};

/** Targets of every seller, of the departments above them and of the company, for last year and this, set as each begins. */
export const makeTargets = async (org: Organization, brought: Brought[], span: Span): Promise<number> => {
  const random = seeded(SEED);
  const { token, today, admin, sellers } = org;
  const given = { token: await token(admin.id, today, new Date()) };
  const { departments } = await connect(DepartmentServiceService, addressOf('identity')).listDepartments(
    { onDate: '', includeClosed: false },
    given,
  );
  const tree = departments.map(({ id, parentId = '', name }) => ({ id, parentId, name }));
  const last = span.end.getUTCFullYear();
  const commands = [last - 1, last].flatMap((year) =>
    MEASURES.flatMap((measure) => {
      const of = { year, measure, actor: admin.id };
      const byTeam = new Map<string, number[][]>();
      const own = sellers.map(({ id, team }) => {
        const sold = brought.filter(
          (one) => one.measure === measure && one.personId === id && one.date.startsWith(`${year}-`),
        );
        const months = monthsFor(
          random,
          sold.reduce((sum, { amount }) => sum + amount, 0),
          year,
          span,
        );
        byTeam.set(team, [...(byTeam.get(team) ?? []), months]);
        return command(of, { employeeId: id }, months);
      });
      const theirs = [...departmentsOf(tree, byTeam, 1.05)].map(([departmentId, months]) =>
        command(of, { departmentId }, months),
      );
      return [...own, ...theirs];
    }),
  );
  await runCommands('sales', commands, token, today);
  return commands.length * SEASON.length;
};
