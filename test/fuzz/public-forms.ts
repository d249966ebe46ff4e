import type { Person } from '../mesh/person.ts';

/** The form of a queue, what its page is given, and the link of one who sent it. */
const publicRequests = async (admin: Person): Promise<{ key: string; ticket: string; token: string }> => {
  const form = { open: true, title: '联系客服' };
  const { publicKey: key } = await admin.post('/v1/queues', { name: '网上请求', active: true, form });
  const at = `/v1/ticket-forms/${key}`;
  const { ticket } = await admin.get(at);
  const written = { subject: '不能登录', description: '页面空白', name: '李雷', email: 'li@example.com' };
  const { token } = await admin.post(`${at}:submit`, { ticket, ...written });
  return { key, ticket, token };
};

/** The forms that strangers may fill in, and what their pages are given; one of them has. */
export const publicForms = async (admin: Person): Promise<Map<string, string[]>> => {
  const asked = ['NAME', 'PHONE'].map((field) => ({ field: `FORM_FIELD_${field}`, required: true }));
  const form = await admin.post('/v1/lead-forms', { name: '官网', title: '联系我们', fields: asked });
  const { publicKey } = await admin.post(`/v1/lead-forms/${form.id}:setState`, { state: 'LEAD_FORM_STATE_PUBLISHED' });
  const at = `/v1/public-forms/${publicKey}`;
  const { ticket } = await admin.get(at);
  await admin.post(`${at}:submit`, { ticket, name: '李雷', phone: '13900003001' });
  const requests = await publicRequests(admin);
  return new Map([
    ['key', [publicKey, requests.key]],
    ['ticket', [ticket, requests.ticket]],
    ['token', [requests.token]],
  ]);
};
