import type { Wording } from '@pelagic/capabilities/export/wording';

export const MEASURES: NonNullable<Wording['words']> = {
  TARGET_MEASURE_CONTRACT_AMOUNT: { zh: ['合同金额', '合同', '业绩'], en: ['Contract amount', 'Contracts'] },
  TARGET_MEASURE_RECEIPTS: { zh: ['回款', '回款金额'], en: ['Receipts'] },
};

export const targetWordings: Wording[] = [
  {
    field: 'subject',
    labels: { zh: ['对象'], en: ['Subject'] },
    words: {
      TARGET_SUBJECT_PERSON: { zh: ['个人'], en: ['Person'] },
      TARGET_SUBJECT_DEPARTMENT: { zh: ['部门'], en: ['Department'] },
    },
  },
];
