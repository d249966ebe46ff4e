import { languageOf } from '@pelagic/proto/language';
import type { MailRow } from './mail.ts';

/** Where the mail of a service leads: the path of a record's page for whom it is written to. */
export type LinkOf = (recordNoun: string, recordId: string) => string;

/** Where people reach the product, and where its mail leads. */
export type MailPlace = { publicUrl: string; linkOf: LinkOf };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!);

const FOOT = { zh: '此邮件由系统自动发出。', en: 'This mail was sent automatically.' };

const paragraphs = (body: string): string =>
  body
    .split(/\n{2,}/)
    .map((paragraph) => `<p style="margin:0 0 16px">${escaped(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('');

/** The two forms of a mail's body. Whatever somebody wrote into it is text in both. */
export const renderMail = (
  row: Pick<MailRow, 'locale' | 'subject' | 'body' | 'action' | 'record_noun' | 'record_id'>,
  { publicUrl, linkOf }: MailPlace,
): { text: string; html: string } => {
  const language = languageOf(row.locale);
  const link = row.action ? new URL(linkOf(row.record_noun, row.record_id), publicUrl).href : '';
  const button = link
    ? `<p style="margin:0 0 16px"><a href="${escaped(link)}" style="color:#175cb8">${escaped(row.action)}</a></p>`
    : '';
  return {
    text: [row.body, ...(link ? [`${row.action}\n${link}`] : []), '-- ', FOOT[language]].join('\n\n'),
    html: `<!doctype html><html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>${escaped(row.subject)}</title></head><body style="font:15px/1.6 system-ui,sans-serif;color:#1c2430;background:#fff;max-width:38em;margin:24px auto;padding:0 16px;overflow-wrap:anywhere">${paragraphs(row.body)}${button}<p style="margin:24px 0 0;color:#5b6675;font-size:13px">${FOOT[language]}</p></body></html>`,
  };
};
