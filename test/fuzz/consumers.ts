import pg from 'pg';
import type { Mesh } from '../../deploy/local/mesh.ts';

/** A standing consumer of the bus, as nats-server knows it. */
export type Durable = { name: string; service: string; subjects: string[]; waiting: number };

type Detail = {
  config: { durable_name?: string; filter_subject?: string; filter_subjects?: string[] };
  num_pending: number;
  num_ack_pending: number;
};
type Bus = { account_details: { stream_detail?: { consumer_detail?: Detail[] }[] }[] };

/** Every standing consumer inside, with what still waits for it; what partners read has its own account. */
export const durablesOf = async (mesh: Pick<Mesh, 'adminUrl'>): Promise<Durable[]> => {
  const response = await fetch(`${mesh.adminUrl('nats')}/jsz?acc=CRM&consumers=true&config=true`);
  const { account_details: accounts } = (await response.json()) as Bus;
  return accounts
    .flatMap(({ stream_detail: streams = [] }) => streams)
    .flatMap(({ consumer_detail: consumers = [] }) => consumers)
    .flatMap(({ config, num_pending, num_ack_pending }) => {
      const { durable_name: name, filter_subject: one, filter_subjects: several = [] } = config;
      if (!name) return [];
      return {
        name,
        service: name.split('_')[0]!,
        subjects: one ? [one] : several,
        waiting: num_pending + num_ack_pending,
      };
    });
};

export const hears = ({ subjects }: Durable, subject: string): boolean =>
  subjects.some((each) => subject.startsWith(each.replace('>', '')));

/** What the consumers of one service remember and have put aside. */
export type Memory = { handled: Set<string>; parked: Map<string, string>; nameless: Map<string, number> };

export const openMemories = (mesh: Pick<Mesh, 'databaseUrl'>) => {
  const clients = new Map<string, Promise<pg.Client>>();
  const of = (service: string): Promise<pg.Client> => {
    const open = async (): Promise<pg.Client> => {
      const client = new pg.Client({ connectionString: mesh.databaseUrl(service) });
      // Its end is seen by the next query.
      client.on('error', () => {});
      await client.connect();
      return client;
    };
    const known = clients.get(service) ?? open();
    clients.set(service, known);
    return known;
  };
  return {
    hasHandled: async ({ name, service }: Durable, id: string): Promise<boolean> => {
      const { rowCount } = await (
        await of(service)
      ).query('select 1 from inbox where consumer = $1 and event_id = $2', [name, id]);
      return Boolean(rowCount);
    },
    /** Why an event was put aside; nothing when it was not. */
    reasonOf: async ({ name, service }: Durable, id: string): Promise<string | undefined> => {
      const { rows } = await (
        await of(service)
      ).query<{ reason: string }>('select reason from parked_message where consumer = $1 and event_id = $2', [
        name,
        id,
      ]);
      return rows[0]?.reason;
    },
    /** Keys are consumer and id, with why it was put aside; nameless ones are counted by consumer. */
    read: async (service: string): Promise<Memory> => {
      const client = await of(service);
      const inbox = await client.query<{ key: string }>(`select consumer || ' ' || event_id as key from inbox`);
      const parked = await client.query<{ consumer: string; event_id: string | null; reason: string }>(
        'select consumer, event_id, reason from parked_message',
      );
      const nameless = Map.groupBy(
        parked.rows.filter((row) => !row.event_id),
        ({ consumer }) => consumer,
      );
      return {
        handled: new Set(inbox.rows.map(({ key }) => key)),
        parked: new Map(
          parked.rows.flatMap(({ consumer, event_id: id, reason }) => (id ? [[`${consumer} ${id}`, reason]] : [])),
        ),
        nameless: new Map([...nameless].map(([consumer, rows]) => [consumer, rows.length])),
      };
    },
    close: async (): Promise<void> => {
      for (const client of clients.values()) await (await client).end();
    },
  };
};
