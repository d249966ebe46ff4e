import type { Consumer, Reaction } from '@pelagic/chassis/consumer';
import type { LiveDirectory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { Ingest } from './ingest.ts';
import { INGEST } from './parked.ts';
import { parseEvent } from './read.ts';
import { writeFacts, writeLog } from './write.ts';

type Options = { engine: Engine; directory: LiveDirectory; counting: Ingest };

/** Parked events can be driven again, as those of any consumer: after a release that can read them, say. */
export const redriving = ({ engine, directory, counting }: Options): Consumer & { react: Reaction } => ({
  name: INGEST,
  from: '',
  subjects: [],
  react: async (_tx, parked) => {
    const body = JSON.stringify(parked);
    const incoming = [{ event: parseEvent(body), body, streamSeq: 0 }];
    const token = (table: string): string => `redrive:${crypto.randomUUID()}:${table}`;
    await counting.pausedFor(async () => {
      await writeLog(engine, incoming, token);
      const [refused] = await writeFacts(engine, directory, incoming, token);
      if (refused) throw new Error(refused.reason);
    });
  },
});
