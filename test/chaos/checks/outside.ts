import { finding, type Finding } from '../difference.ts';
import type { Ledger } from '../ledger.ts';

const SEEN: Record<string, (row: any) => boolean> = {
  lead: ({ delete_time: deleted }) => deleted === null,
  opportunity: ({ delete_time: deleted, state }) => deleted === null && state === 'OPPORTUNITY_STATE_OPEN',
};

/** The partner’s copy is what its policy shows of the owner’s rows: no more, no less, and as they are now. */
export const checkOutside = ({ rows, outside }: Ledger): Finding => {
  const { found, compared, differ } = finding('partner = owners');
  for (const [noun, isSeen] of Object.entries(SEEN))
    for (const [id, row] of rows.get(noun)!) {
      compared();
      const { data } = outside.get(id) ?? { data: { gone: true } };
      const told = data.gone ? undefined : (data[noun as keyof typeof data] as Record<string, unknown> | undefined);
      if (isSeen(row) && !told) differ('lost', `${noun} ${id} at the partner`);
      else if (!isSeen(row) && told) differ('foreign', `${noun} ${id} at the partner`);
      else if (told && (told['name'] !== row.name || told['state'] !== row.state))
        differ('unequal', `${noun} ${id} at the partner`);
    }
  return found;
};
