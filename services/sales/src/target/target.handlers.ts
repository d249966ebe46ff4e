import type { TargetServiceService } from '@pelagic/proto/crm/sales/v1/target';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { SalesService } from '../sales-service.ts';
import { setTargets, splitTarget } from './set-targets.ts';
import { target, targetMessage, type TargetRow } from './target.ts';

export const targetHandlers = (service: SalesService): Handlers<typeof TargetServiceService> => {
  const { database } = service;
  const answer = async (rows: Promise<TargetRow[]>) => ({ targets: (await rows).map(targetMessage) });
  return {
    getTarget: async ({ id }, caller) => ({
      target: targetMessage(await getRecord<TargetRow>(database.sql, target, id, caller)),
    }),
    listTargets: async (request, caller) => {
      const { rows, ...page } = await listRecords<TargetRow>(database.sql, target, request, caller);
      return { targets: rows.map(targetMessage), ...page };
    },
    setTargets: (request, caller) => answer(database.transact((tx) => setTargets(service, tx, request, caller))),
    splitTarget: (request, caller) => answer(database.transact((tx) => splitTarget(service, tx, request, caller))),
  };
};
