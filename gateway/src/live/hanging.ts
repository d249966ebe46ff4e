import type { Shown } from './records-in.ts';

/** Which of the records that one caller was shown refer to which. */
export type Hanging = {
  add: (record: Shown) => void;
  remove: (id: string) => void;
  /** What was shown and refers to this record. */
  on: (id: string) => Shown[];
  clear: () => void;
};

export const openHanging = (): Hanging => {
  const records = new Map<string, Shown>();
  const byReference = new Map<string, Set<string>>();
  const remove = (id: string): void => {
    for (const reference of records.get(id)?.on ?? []) {
      const hung = byReference.get(reference);
      hung?.delete(id);
      if (!hung?.size) byReference.delete(reference);
    }
    records.delete(id);
  };
  return {
    add: (record) => {
      remove(record.id);
      if (!record.on.length) return;
      records.set(record.id, record);
      for (const reference of record.on)
        byReference.set(reference, (byReference.get(reference) ?? new Set()).add(record.id));
    },
    remove,
    on: (id) => [...(byReference.get(id) ?? [])].flatMap((each) => records.get(each) ?? []),
    clear: () => {
      records.clear();
      byReference.clear();
    },
  };
};
