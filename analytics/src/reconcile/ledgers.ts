import { connect } from '@pelagic/chassis/client';
import {
  LedgerServiceService,
  type LedgerEntry,
  type LedgerSum,
  type PublishAgainResponse,
} from '@pelagic/proto/crm/capability/v1/ledger';

export type Span = { from: Date; to: Date };

/** The outbox of a service, as it answers for it. */
export type Ledger = {
  service: string;
  sums: (span: Span, stepSeconds: number) => Promise<{ oldest: Date | undefined; sums: LedgerSum[] }>;
  list: (span: Span) => AsyncIterable<LedgerEntry[]>;
  read: (ids: string[], withEvents: boolean) => Promise<LedgerEntry[]>;
  /** Works as long as its deadline lets it: see `reachedTime` of the answer. */
  publishAgain: (span: Span) => Promise<PublishAgainResponse>;
  prove: (days: string[]) => Promise<void>;
};

/** gRPC says so when a service has no ledger: it tells nobody anything. */
export const openLedger = (service: string, address: string, token: () => Promise<string>): Ledger => {
  const client = connect(LedgerServiceService, address);
  const options = async () => ({ token: await token() });
  const times = ({ from, to }: Span) => ({ fromTime: from.toISOString(), toTime: to.toISOString() });
  return {
    service,
    sums: async (span, stepSeconds) => {
      const { oldestTime, sums } = await client.sumLedger({ service, ...times(span), stepSeconds }, await options());
      return { oldest: oldestTime ? new Date(oldestTime) : undefined, sums };
    },
    list: async function* (span) {
      for await (const { entries } of client.listLedger({ service, ...times(span) }, await options())) yield entries;
    },
    read: async (ids, withEvents) => (await client.readLedger({ service, ids, withEvents }, await options())).entries,
    publishAgain: async (span) => client.publishAgain({ service, ids: [], ...times(span) }, await options()),
    prove: async (days) => void (await client.proveLedger({ service, days }, await options())),
  };
};
