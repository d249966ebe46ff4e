import type { Wording } from '@pelagic/capabilities/export/wording';

export const STATES: NonNullable<Wording['words']> = {
  CONTRACT_STATE_DRAFT: { zh: ['草稿'], en: ['Draft'] },
  CONTRACT_STATE_IN_APPROVAL: { zh: ['审批中'], en: ['In approval'] },
  CONTRACT_STATE_EFFECTIVE: { zh: ['已生效', '执行中'], en: ['Effective'] },
  CONTRACT_STATE_COMPLETED: { zh: ['已完成'], en: ['Completed'] },
  CONTRACT_STATE_VOID: { zh: ['已作废'], en: ['Void'] },
};

export const contractWordings: Wording[] = [{ field: 'state', words: STATES }];
