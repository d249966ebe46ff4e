import { ledgerHandlers } from '@pelagic/capabilities/ledger/ledger.handlers';
import { CAPABILITY_MIGRATIONS } from '@pelagic/capabilities/migrations';
import { openDatabase, type Database } from '@pelagic/chassis/database';
import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { relay } from '@pelagic/chassis/relay';
import { implement } from '@pelagic/chassis/rpc';
import { grpcServer } from '@pelagic/chassis/server';
import { testCallers } from '@pelagic/chassis/testing/callers';
import { testDatabase } from '@pelagic/chassis/testing/engines';
import { LedgerServiceService } from '@pelagic/proto/crm/capability/v1/ledger';
import { openLedger, type Ledger } from '../reconcile/ledgers.ts';
import { log, type House } from './house.ts';

/** The outbox of a service with its relay and its ledger, on a database of its own. */
export type LedgerHouse = {
  database: Database;
  ledger: Ledger;
  /** Writes events down as their service would. */
  record: (events: EventEnvelope[]) => Promise<void>;
  close: () => Promise<void>;
};

export const openLedgerHouse = async ({ broker }: House, service: string): Promise<LedgerHouse> => {
  const own = await testDatabase(`ledger_${service}`);
  const database = await openDatabase({ url: own.url, entities: [], migrations: [CAPABILITY_MIGRATIONS] });
  const callers = await testCallers();
  const seam = { log, identify: callers.identify };
  const server = grpcServer({
    host: '127.0.0.1',
    port: 0,
    implementations: () => [implement(seam, LedgerServiceService, ledgerHandlers({ service, database, broker }))],
  });
  const parts = [database, relay({ service, database, broker, log }), server];
  for (const part of parts) await part.start();
  return {
    database,
    ledger: openLedger(service, `127.0.0.1:${server.port()}`, () => callers.serviceToken('analytics')),
    record: (events) => database.transact(async (tx) => void tx.events.push(...events)),
    close: async () => {
      for (const part of parts.toReversed()) await part.stop();
      await own.drop();
    },
  };
};
