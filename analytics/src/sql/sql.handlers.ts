import type { Handlers } from '@pelagic/chassis/rpc';
import type { SqlServiceService } from '@pelagic/proto/crm/analytics/v1/sql';
import { said } from '../question/labels.ts';
import { runStatement, type SqlHouse } from './run.ts';
import { readableViews } from './views/readable.ts';

export const sqlHandlers = (house: SqlHouse): Handlers<typeof SqlServiceService> => ({
  listSqlViews: async (_, caller) => ({
    views: [...readableViews(house.directory.now(), caller).values()].map(({ view, columns }) => ({
      name: view.name,
      label: said(caller, view.label),
      description: said(caller, view.description),
      columns: [...columns].map(([name, { type, label }]) => ({ name, type, label: said(caller, label) })),
    })),
  }),
  runStatement: (request, caller) => runStatement(house, request, caller),
});
