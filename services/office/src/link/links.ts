import type { Caller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import { invalidField } from '@pelagic/chassis/problem';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { keeperOf } from './linked.ts';

/** Records of other services that something here is about; there is no copy of them. */
export type Links = {
  /** Refuses a record that does not exist, or is not the caller's to see. `field` names the message: task. */
  check: (noun: string, id: string | undefined, caller: Caller, field: string) => Promise<void>;
  /** Those that the caller sees; of one noun, at most 1,000. */
  visible: (noun: string, ids: string[], caller: Caller) => Promise<string[]>;
};

/** `addresses` of the services that keep them, by name. */
export const openLinks = (addresses: Record<string, string>): Links => {
  const services = new Map(
    Object.entries(addresses).map(([service, address]) => [service, connect(RecordServiceService, address)]),
  );
  const visible: Links['visible'] = async (noun, ids, { token }) => {
    const keeper = keeperOf(noun);
    const records = services.get(keeper ?? '');
    if (!keeper || !records) return [];
    return (await records.filterVisible({ service: keeper, noun, ids: [...new Set(ids)] }, { token })).ids;
  };
  return {
    visible,
    check: async (noun, id, caller, field) => {
      if (!noun && !id) return;
      if (!id) throw invalidField(`${field}.recordId`, 'REQUIRED', 'Say which record it is about.');
      if (!services.has(keeperOf(noun) ?? ''))
        throw invalidField(`${field}.recordNoun`, 'UNKNOWN_NOUN', 'Nothing can be linked to such a record.');
      if (caller.kind === 'service') return;
      if (!(await visible(noun, [id], caller)).length)
        throw invalidField(
          `${field}.recordId`,
          'UNKNOWN_RECORD',
          'There is no such record, or it is not yours to see.',
        );
    },
  };
};
