import type { Wording } from '@pelagic/capabilities/export/wording';

/** The department that a contact works in is another than the one that looks after it. */
export const contactWordings: Wording[] = [
  { field: 'departmentId', labels: { zh: ['负责部门'], en: ["Owner's department"] } },
];
