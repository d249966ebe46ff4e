import type { Wording } from '@pelagic/capabilities/export/wording';

export const productWordings: Wording[] = [
  {
    field: 'state',
    words: {
      PRODUCT_STATE_ACTIVE: { zh: ['在售'], en: ['Active'] },
      PRODUCT_STATE_RETIRED: { zh: ['停售'], en: ['Retired'] },
    },
  },
];
