import type { Cube, Text, Unit } from './cubes/cube.ts';

const UNITS: Record<Unit, string> = {
  count: 'count',
  money: 'base currency',
  percent: 'percent',
  days: 'days',
  hours: 'working hours',
};

const INTRODUCTION = `# Figures (数据指标)

Every number of the dashboards, reports and exports comes from one of the cubes below, so that it has one definition. This
page is generated from them (\`npm run -w analytics generate\`); the product shows the same texts beside each figure
(\`GET /v1/analytics/cubes\`).

## How to read a figure

- **Its date.** Each measure counts by a date of its own: what was created counts by its date of creation, what was won by
  its closing date. \`period_end\` means what stands at the end of the period, which is now while the period lasts.
  Periods are those of the enterprise's time zone and fiscal year; weeks begin on Monday. History that was imported counts
  by the dates that it carries.
- **Credit follows the event.** Who had the record when it was created, or when it closed, is credited, also after it was
  given away. Departments roll up by the organisation that held on that date; a switch shows today's.
- **Visibility follows the present.** A figure is made of the records that its reader may see now, by their scope and by
  what is shared with them. Fields that a role may not read are no dimensions, filters or measures for it.
- **Rows behind it.** Every figure opens the records that it is made of (\`POST /v1/analytics/questions:rows\`), and they
  add up to it, also over many pages. For a ratio each row shows what it adds above and below the line. A step of a funnel,
  and what ended in it for a reason, opens the same way (\`POST /v1/analytics/funnels:rows\`). With the right to export the
  noun they come as a file of up to 10,000 rows (\`POST /v1/analytics/rows:export\`), which the audit log keeps with its hash.
- **The recycle bin** is in no figure. **Custom fields** of the kinds text, choice, choices and employee are dimensions,
  numbers and amounts are measures, as \`custom.<slug>\`. One that was retired is offered no more; who asks by its name is
  answered as before, so a report that stands goes on.
- **Tags** are a dimension (\`tags\`) of every cube of records that people keep. A record with several counts under each, so
  that the rows by tag may come to more than the figure.
- **Compared with.** While a period lasts, the cards compare with as many days of the other period; the trend shows the
  whole of it. Two shares are compared in points.
- **How fresh.** An event counts within about two seconds; every answer says up to when it counts (\`freshness\`).

## The three funnels (漏斗)

| definition | counts |
|---|---|
| snapshot (当前存量) | what stands in each step at the end of the period, and for how long it has |
| cohort (新增转化) | what was created in the period, by the furthest step that it reached; steps passed over count as reached, a lost deal counts up to its last stage, an invalid one is shown and not counted |
| transition (期内流转) | what passed into each step in the period, once each |

Amounts of a cohort and a transition are the present ones, as those of \`new_amount\` and \`won_amount\` are, so the same deals
have one sum everywhere; a snapshot has those that stood at the end of the period, as \`open_amount\` does.

The conversion of a step is its count as a percentage of the step before; a snapshot has none. The funnel of customers runs
from leads to customers, customers with a deal, and customers who bought.

Analysts ask by \`POST /v1/analytics/questions:ask\`: a cube, up to ten measures, up to three dimensions, a period, and if
wanted another period to compare with, a grain (day to year), a person or department, and filters;
\`questions:batchAsk\` takes up to twenty at once. An answer holds 100 rows, with a grain 1,000, or as many as \`limit\` says (1,000
at most); \`more\` says that it leaves rows out, which only \`totals\` counts.
`;

const tableRow = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const both = ({ zh, en }: Text): string => `${en} (${zh})`;

const section = (cube: Cube): string => {
  const measures = Object.entries(cube.measures).map(([name, { label, unit, moment, description }]) =>
    tableRow(
      `\`${name}\``,
      both(label),
      UNITS[unit],
      `${cube.moments[moment]!.label.en}`,
      `${description.en} ${description.zh}`,
    ),
  );
  const dimensions = Object.entries(cube.dimensions).map(([name, { label, kind, description }]) =>
    tableRow(`\`${name}\``, both(label), kind, `${description.en} ${description.zh}`),
  );
  return `
## \`${cube.noun}\`: ${both(cube.label)}

${cube.description.en} ${cube.description.zh}

${tableRow('measure', 'name', 'unit', 'counts by', 'definition')}
|---|---|---|---|---|
${measures.join('\n')}

${tableRow('dimension', 'name', 'kind', 'definition')}
|---|---|---|---|
${dimensions.join('\n')}
`;
};

/** The dictionary of figures as a page for people. */
export const guide = (cubes: Cube[]): string => INTRODUCTION + cubes.map(section).join('');
