import type { Caller } from '@pelagic/chassis/caller';
import { connect } from '@pelagic/chassis/client';
import { invalidField } from '@pelagic/chassis/problem';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { keeperOf } from './linked.ts';

/** Records of other services that something here is about; there is no copy of them. */
export type Links = {
  /** Refuses a record that does not exist, or is not the caller's to see. `field` names the message: task. */
  check: (noun: string, id: string | undefined, caller: Caller, field: string) => Promise<void>;
};

/** `addresses` of the services that keep them, by name. */
export const openLinks = (addresses: Record<string, string>): Links => {
  const services = new Map(
    Object.entries(addresses).map(([service, address]) => [service, connect(RecordServiceService, address)]),
  );
  return {
    check: async (noun, id, caller, field) => {
      if (!noun && !id) return;
      if (!id) throw invalidField(`${field}.recordId`, 'REQUIRED', 'Say which record it is about.');
      const keeper = keeperOf(noun);
      const records = services.get(keeper ?? '');
      if (!keeper || !records)
        throw invalidField(`${field}.recordNoun`, 'UNKNOWN_NOUN', 'Nothing can be linked to such a record.');
      if (caller.kind === 'service') return;
      const { ids } = await records.filterVisible({ service: keeper, noun, ids: [id] }, { token: caller.token });
      if (!ids.length)
        throw invalidField(
          `${field}.recordId`,
          'UNKNOWN_RECORD',
          'There is no such record, or it is not yours to see.',
        );
    },
  };
};
