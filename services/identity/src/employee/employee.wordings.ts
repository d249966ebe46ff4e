import type { Wording } from '@pelagic/capabilities/export/wording';

export const employeeWordings: Wording[] = [
  {
    field: 'state',
    words: {
      EMPLOYEE_STATE_INVITED: { zh: ['待激活'], en: ['Invited'] },
      EMPLOYEE_STATE_ACTIVE: { zh: ['在职'], en: ['Active'] },
      EMPLOYEE_STATE_SUSPENDED: { zh: ['已停用'], en: ['Suspended'] },
      EMPLOYEE_STATE_LEFT: { zh: ['已离职'], en: ['Left'] },
    },
  },
  { field: 'extraDepartmentIds', labels: { zh: ['兼职部门'], en: ['Further departments'] } },
  { field: 'pinyin', labels: { zh: ['拼音'], en: ['Pinyin'] } },
  { field: 'lastSignInTime', labels: { zh: ['最近登录时间'], en: ['Last sign-in'] } },
];
