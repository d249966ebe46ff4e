import { contract } from '@pelagic/proto/contract';
import { NOUNS } from '../entering.ts';
import { every, readingOf, sample, verdict, type Probe } from '../judge.ts';

/** What was said of a record is read, and said, by who reads the record; in the recycle bin it is only read. */
export const comments: Probe = async (probing) => {
  const { door, decide } = probing;
  for (const noun of NOUNS) {
    const service = contract.nouns.get(noun)!.service;
    for (const thing of sample(probing, every(probing, noun), 2)) {
      const oracle = readingOf(probing, thing);
      const read = await door.rest('GET', `/v1/${service}/comments?noun=${noun}&recordId=${thing.id}`);
      decide('comments', door.name, `read ${noun} ${thing.id}`, { oracle, product: verdict(read) });
      const body = { recordNoun: noun, recordId: thing.id, text: '看到了' };
      const said = await door.rest('POST', `/v1/${service}/comments`, body);
      decide('comments', door.name, `say of ${noun} ${thing.id}`, {
        oracle: oracle === 'ok' && thing.deleted ? 'not found' : oracle,
        product: verdict(said),
      });
    }
  }
};
