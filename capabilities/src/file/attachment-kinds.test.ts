import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { describe, expect, it } from 'vitest';
import { attachmentInspector } from './attachment-kinds.ts';
import { checkAttachmentName } from './file-name.ts';

/** As the store does it: the bytes pass by in pieces, then the file can be read. */
const inspect = async (name: string, bytes: Buffer) => {
  const inspector = attachmentInspector(name);
  for (let at = 0; at < bytes.length; at += 7) inspector.feed(bytes.subarray(at, at + 7));
  return (await inspector.end(async () => Readable.from([bytes], { objectMode: false }))).mediaType;
};

const workbook = async (): Promise<Buffer> => {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('报价').addRow(['单价', 100]);
  return Buffer.from(await book.xlsx.writeBuffer());
};
const COMPOUND = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n');
const PROGRAM = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);

describe('what is attached', () => {
  it.each([
    ['报价.xlsx', workbook, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    ['合同.PDF', PDF, 'application/pdf'],
    ['现场.png', PNG, 'image/png'],
    ['旧合同.doc', COMPOUND, 'application/msword'],
    ['加密.docx', COMPOUND, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['日志.gz', gzipSync('x'), 'application/gzip'],
    ['说明.txt', Buffer.from('客户说：好'), 'text/plain; charset=utf-8'],
    [
      '记事本.txt',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('abc', 'utf16le')]),
      'text/plain; charset=utf-8',
    ],
    ['来信.eml', Buffer.from('From: a@b.cn\r\n\r\n你好'), 'message/rfc822'],
    // Sent out as text, never as what it would run as.
    ['网页.txt', Buffer.from('<script>alert(1)</script>'), 'text/plain; charset=utf-8'],
  ] as [string, Buffer | (() => Promise<Buffer>), string][])('%s is what it is', async (name, bytes, mediaType) => {
    expect(await inspect(name, typeof bytes === 'function' ? await bytes() : bytes)).toBe(mediaType);
  });

  it.each([
    ['合同.pdf', PROGRAM],
    ['合同.pdf', Buffer.from('<html>')],
    ['照片.jpg', PNG],
    ['说明.txt', PROGRAM],
    ['表.xlsx', PDF],
    ['包.zip', PDF],
  ])('%s with something else in it is refused', async (name, bytes) => {
    await expect(inspect(name, bytes)).rejects.toMatchObject({
      fields: [{ field: 'file', reason: 'WRONG_FILE_TYPE' }],
    });
  });

  it('is not empty', async () => {
    await expect(inspect('a.txt', Buffer.alloc(0))).rejects.toMatchObject({ fields: [{ reason: 'EMPTY_FILE' }] });
  });
});

describe('the name of what is attached', () => {
  it.each(['a.exe', 'a.html', 'a.svg', 'a.js', 'a.docm', 'a.pdf.exe', 'a', 'pdf', '.pdf.', 'a.constructor', 'a.lnk'])(
    '%s is of no kind that can be attached',
    (name) => {
      expect(() => checkAttachmentName(name)).toThrow(
        expect.objectContaining({ fields: [expect.objectContaining({ reason: 'NOT_ATTACHABLE' })] }),
      );
    },
  );

  it.each([
    ['../a.pdf', 'BAD_FILE_NAME'],
    ['a\u202efdp.exe.pdf', 'BAD_FILE_NAME'],
    ['a\u0007.pdf', 'BAD_FILE_NAME'],
    ['LPT1.pdf', 'BAD_FILE_NAME'],
    [`${'深'.repeat(197)}.pdf`, 'TOO_LONG'],
  ])('%j is refused', (name, reason) => {
    expect(() => checkAttachmentName(name)).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ reason })] }),
    );
  });

  it.each(['合同 📎 终稿（2）.pdf', `${'深'.repeat(196)}.pdf`, 'console.log'])('%s is fine', (name) => {
    expect(checkAttachmentName(name)).toBe(name);
  });
});
