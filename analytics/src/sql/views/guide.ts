import { FORMATS } from '../format.ts';
import { FUNCTIONS } from '../language/functions.ts';
import type { Text } from '../../cubes/cube.ts';
import type { View } from './view.ts';

const INTRODUCTION = `# Views for SQL (SQL 视图)

What analysts may read by SQL, generated from the code (\`npm run -w analytics generate\`). How to connect, limits and examples
are in [analyst.md](analyst.md); the product tells the views that *you* may read, with your columns, at
\`GET /v1/analytics/sql/views\`.

Every view shows records in their last version, those that its reader may see now. The recycle bin is in none. Columns that a
role hides or masks are not there for it. Custom fields are columns named \`custom_<slug>\`. Amounts are in the base currency,
dates are business dates of the enterprise's time zone, times are UTC.
`;

const both = ({ zh, en }: Text): string => `${en} (${zh})`;

const row = (...cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const section = ({ name, label, description, columns }: View): string => `
## \`${name}\`: ${both(label)}

${description.en} ${description.zh}

${row('column', 'type', 'meaning')}
|---|---|---|
${Object.entries(columns)
  .map(([column, { type, label: meaning }]) => row(`\`${column}\``, `\`${type}\``, both(meaning)))
  .join('\n')}
`;

const listed = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** The views as a page for people. */
export const viewsGuide = (views: View[]): string =>
  `${INTRODUCTION}${views.map(section).join('')}
## Functions (函数)

${listed(FUNCTIONS.toSorted((a, b) => a.localeCompare(b, 'en')))}.

## Formats (格式)

${listed(FORMATS)}.
`;
