import type { Wording } from '@pelagic/capabilities/export/wording';

export const METHODS: NonNullable<Wording['words']> = {
  RECEIPT_METHOD_TRANSFER: { zh: ['银行转账', '转账', '电汇', '对公转账'], en: ['Transfer', 'Bank transfer', 'Wire'] },
  RECEIPT_METHOD_CHEQUE: { zh: ['支票'], en: ['Cheque', 'Check'] },
  RECEIPT_METHOD_CASH: { zh: ['现金'], en: ['Cash'] },
  RECEIPT_METHOD_ONLINE: { zh: ['在线支付', '支付宝', '微信'], en: ['Online', 'Card'] },
  RECEIPT_METHOD_OTHER: { zh: ['其他'], en: ['Other'] },
};

export const receiptWordings: Wording[] = [
  {
    field: 'kind',
    words: {
      RECEIPT_KIND_RECEIPT: { zh: ['回款'], en: ['Receipt'] },
      RECEIPT_KIND_REFUND: { zh: ['退款'], en: ['Refund'] },
      RECEIPT_KIND_REVERSAL: { zh: ['冲销'], en: ['Reversal'] },
    },
  },
  {
    field: 'state',
    words: {
      RECEIPT_STATE_BOOKED: { zh: ['已入账'], en: ['Booked'] },
      RECEIPT_STATE_PARTLY_REFUNDED: { zh: ['部分退款'], en: ['Partly refunded'] },
      RECEIPT_STATE_REFUNDED: { zh: ['已退款'], en: ['Refunded'] },
      RECEIPT_STATE_REVERSED: { zh: ['已冲销'], en: ['Reversed'] },
    },
  },
];
