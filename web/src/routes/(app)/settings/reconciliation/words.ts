import type { Schemas } from '#lib/api/client.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Tone } from '#lib/ui/Tag.svelte';

type State = Schemas['ServiceReconciliation']['state'];
type Finding = Schemas['Finding'];

const STATES: Record<string, { text: () => string; tone: Tone }> = {
  RECONCILIATION_STATE_EQUAL: { text: m.reconciliation_equal, tone: 'ok' },
  RECONCILIATION_STATE_HEALING: { text: m.reconciliation_healing, tone: 'wait' },
  RECONCILIATION_STATE_DIFFERS: { text: m.reconciliation_differs, tone: 'bad' },
  RECONCILIATION_STATE_UNREACHABLE: { text: m.reconciliation_unreachable, tone: 'risk' },
};

const PLACES: Record<string, () => string> = {
  FINDING_PLACE_STREAM: m.reconciliation_stream,
  FINDING_PLACE_EVENT_LOG: m.reconciliation_event_log,
  FINDING_PLACE_FACTS: m.reconciliation_facts,
  FINDING_PLACE_VERSIONS: m.reconciliation_versions,
};

const KINDS: Record<string, () => string> = {
  FINDING_KIND_MISSING: m.reconciliation_missing,
  FINDING_KIND_FOREIGN: m.reconciliation_foreign,
  FINDING_KIND_DOUBLE: m.reconciliation_double,
  FINDING_KIND_STORE_LOST: m.reconciliation_store_lost,
};

export function stateOf(state: State): { text: string; tone: Tone } {
  const { text, tone } = STATES[state] ?? { text: m.reconciliation_unknown, tone: 'neutral' as const };
  return { text: text(), tone };
}

export const placeLabel = ({ place }: Pick<Finding, 'place'>): string => PLACES[place]?.() ?? '';
export const kindLabel = ({ kind }: Pick<Finding, 'kind'>): string => KINDS[kind]?.() ?? '';
