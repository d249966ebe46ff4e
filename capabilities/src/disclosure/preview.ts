import type { EventEnvelope } from '@pelagic/chassis/outbox';
import { contract } from '@pelagic/proto/contract';
import { sampleEvent } from '@pelagic/proto/sample';
import { disclose, type DisclosedEvent } from './disclose.ts';
import type { State } from './fields.ts';
import { keyOf, policyOf, type Choice } from './policy.ts';

export type Preview = { change: DisclosedEvent; gone: DisclosedEvent };

/** An event of the noun as the contract gives it by example: that of an edit, where there is one. */
const exampleOf = (noun: string): EventEnvelope => {
  const events = [...contract.events.values()].filter((event) => event.noun === noun);
  const type = events.find(({ subject }) => subject.endsWith('.updated.v1')) ?? events[0]!;
  return sampleEvent(contract, type) as unknown as EventEnvelope;
};

/**
 * What a choice that was checked tells of a record that it admits. The example is told by the same rule as any event, only that
 * its record, which is made up, need not meet the filter.
 */
export const previewOf = (choice: Choice): Preview => {
  const policy = policyOf([{ ...choice, filter: '' }], 'UTC');
  const { key, fields, custom } = [...policy.values()][0]!;
  const example = exampleOf(choice.noun);
  const { deleteTime, ...living } = example.data[key] as State;
  const own = Object.fromEntries([...custom].map((slug) => [slug, { text: 'Sample' }]));
  const state = { ...living, ...(living['custom'] ? { custom: own } : {}) };
  const changed = [...fields].find((field) => Object.hasOwn(state, field));
  const told = (data: State): DisclosedEvent => disclose({ ...example, data }, policy)!;
  return {
    change: told({ [key]: state, ...(changed && { before: { [changed]: null } }) }),
    gone: told({
      [keyOf(choice.noun)]: { ...state, deleteTime: deleteTime ?? example.time },
      before: { deleteTime: '' },
    }),
  };
};
