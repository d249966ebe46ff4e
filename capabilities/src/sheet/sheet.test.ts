import iconv from 'iconv-lite';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { csvBytes, delimiterOf } from './csv.ts';
import { openSheet, type SheetSource } from './sheet.ts';
import { sniffer, type SheetEncoding } from './sniff.ts';
import { xlsxBytes } from './xlsx.ts';

const sniff = (bytes: Buffer, chunk = 3): SheetEncoding => {
  const { feed, end } = sniffer();
  for (let at = 0; at < bytes.length; at += chunk) feed(bytes.subarray(at, at + chunk));
  return end();
};

const sourceOf = (bytes: Buffer): SheetSource => ({
  open: async () => Readable.from([bytes]),
  encoding: sniff(bytes),
});

const read = async (bytes: Buffer) => {
  const { columns, lines } = await openSheet(sourceOf(bytes));
  return { columns, lines: await Array.fromAsync(lines) };
};

const workbook = async (rows: string[][], numeric?: Set<number>): Promise<Buffer> =>
  Buffer.concat(
    await Array.fromAsync(
      xlsxBytes(
        (async function* () {
          yield rows;
        })(),
        numeric,
      ),
    ),
  );

const TEXT = '姓名,电话\n王小明,13800138000\n"李, 四",13900139000\n';

describe('the encoding of a file', () => {
  it('is found whatever the size of the pieces', () => {
    for (const chunk of [1, 2, 3, 1_000]) {
      expect(sniff(Buffer.from(TEXT), chunk)).toBe('utf-8');
      expect(sniff(Buffer.from(`\uFEFF${TEXT}`), chunk)).toBe('utf-8-bom');
      expect(sniff(iconv.encode(TEXT, 'gbk'), chunk)).toBe('gbk');
      expect(sniff(iconv.encode(TEXT, 'utf-16le', { addBOM: true }), chunk)).toBe('utf-16');
    }
  });

  it('is GBK when the first Chinese character comes late', () => {
    expect(sniff(iconv.encode(`${'a,b\n'.repeat(100_000)}王,1\n`, 'gbk'), 65_536)).toBe('gbk');
  });

  it.each([
    ['EMPTY_FILE', Buffer.alloc(0)],
    ['OLD_EXCEL', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['NOT_A_TABLE', Buffer.from([1, 2, 0, 4, 5])],
  ])('refuses %s', (reason, bytes) => {
    expect(() => sniff(bytes)).toThrow(expect.objectContaining({ fields: [expect.objectContaining({ reason })] }));
  });
});

describe('a sheet', () => {
  it('reads the same from every encoding', async () => {
    const expected = {
      columns: ['姓名', '电话'],
      lines: [
        { row: 2, cells: ['王小明', '13800138000'] },
        { row: 3, cells: ['李, 四', '13900139000'] },
      ],
    };
    expect(await read(Buffer.from(TEXT))).toEqual(expected);
    expect(await read(Buffer.from(`\uFEFF${TEXT}`))).toEqual(expected);
    expect(await read(iconv.encode(TEXT, 'gbk'))).toEqual(expected);
    expect(await read(iconv.encode(TEXT.replaceAll('\n', '\r\n'), 'utf-16le', { addBOM: true }))).toEqual(expected);
    expect(
      await read(
        await workbook([
          ['姓名', '电话'],
          ['王小明', '13800138000'],
          ['李, 四', '13900139000'],
        ]),
      ),
    ).toEqual(expected);
  });

  it('finds delimiters outside of quotes', () => {
    expect(delimiterOf('"a;b;c",d\n')).toBe(',');
    expect(delimiterOf('a;b;c\n1,5;2;3')).toBe(';');
    expect(delimiterOf('\n\na\tb')).toBe('\t');
    expect(delimiterOf('alone')).toBe(',');
  });

  it('counts rows as a spreadsheet does and leaves out blank ones', async () => {
    const { columns, lines } = await read(Buffer.from('\n Name , Name ,\n\n,,\n"two\nlines",x,y\n'));
    expect(columns).toEqual(['Name', 'Name (2)']);
    expect(lines).toEqual([{ row: 5, cells: ['two\nlines', 'x', 'y'] }]);
  });

  it('gives headings without words a name', async () => {
    expect((await read(Buffer.from('a,,c\n1,2,3'))).columns).toEqual(['a', 'Column 2', 'c']);
  });

  it.each([
    ['EMPTY_FILE', Buffer.from('\uFEFF\n\n  \n')],
    ['TOO_MANY_COLUMNS', Buffer.from(`${Array.from({ length: 201 }, (_, index) => `c${index}`).join(',')}\n`)],
    ['BAD_CSV', Buffer.from(`a,b\n1,"${'open '.repeat(300_000)}`)],
    ['BAD_XLSX', Buffer.from('PK\x03\x04 but no more')],
  ])('refuses %s', async (reason, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ fields: [{ reason }] });
  });

  it('reads dates, numbers and formulas of a workbook as people see them', async () => {
    const { default: ExcelJS } = await import('exceljs');
    const book = new ExcelJS.Workbook();
    book.addWorksheet('empty');
    const sheet = book.addWorksheet('two');
    sheet.addRow(['date', 'time', 'number', 'formula', 'rich', 'link']);
    sheet.addRow([
      new Date('2026-03-01T00:00:00Z'),
      new Date('2026-03-01T13:05:00Z'),
      0.1 + 0.2,
      { formula: '1+1', result: 2 },
      { richText: [{ text: '王' }, { text: '小明' }] },
      { text: 'a@b.cn', hyperlink: 'mailto:a@b.cn' },
    ]);
    book.addWorksheet('three').addRow(['not read']);
    const { lines } = await read(Buffer.from(await book.xlsx.writeBuffer()));
    expect(lines[0]?.cells).toEqual(['2026-03-01', '2026-03-01 13:05:00', '0.3', '2', '王小明', 'a@b.cn']);
    expect(lines).toHaveLength(1);
  });
});

describe('a file of 100,000 rows', () => {
  it('is read without being held in memory', async () => {
    const bytes = Buffer.from(
      `Name,Company,Phone\n${Array.from({ length: 100_000 }, (_, index) => `王小明${index},深蓝科技有限公司,${13_800_000_000 + index}\n`).join('')}`,
    );
    const pieces = function* () {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    };
    const { lines } = await openSheet({
      open: async () => Readable.from(pieces()),
      encoding: 'utf-8',
    });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = held();
    let [count, most] = [0, 0];
    for await (const _ of lines) if (++count % 25_000 === 0) most = Math.max(most, held() - before);
    expect(count).toBe(100_000);
    // All rows at once would be 25 MB.
    expect(most).toBeLessThan(8 * 1024 * 1024);
  });
});

describe('files that we write', () => {
  const rows = [
    ['name', 'sum'],
    ['=cmd|calc', '-1'],
    ['+8613800138000', '12.5'],
    ['@x', '1'],
    ['\tx', '2'],
    ['李, "四"', '3'],
  ];

  it('guard formulas in CSV, and read back as they were', async () => {
    const bytes = Buffer.concat(
      await Array.fromAsync(
        csvBytes(
          (async function* () {
            yield rows;
          })(),
        ),
      ),
    );
    const text = bytes.toString();
    expect(text.startsWith('\uFEFFname,sum\r\n')).toBe(true);
    expect(text).toContain("'=cmd|calc,'-1\r\n");
    expect(text).toContain("'+8613800138000");
    expect(text).toContain("'@x");
    expect(text).toContain("'\tx");
    expect((await read(bytes)).lines.map(({ cells }) => cells)).toEqual(rows.slice(1));
  });

  it('hold formulas as text in workbooks, and numbers as numbers', async () => {
    const { default: ExcelJS } = await import('exceljs');
    const book = new ExcelJS.Workbook();
    await book.xlsx.load((await workbook(rows, new Set([1]))) as never);
    expect(book.worksheets[0]?.getCell('A2').value).toBe('=cmd|calc');
    expect(book.worksheets[0]?.getCell('A2').formula).toBeUndefined();
    expect(book.worksheets[0]?.getCell('B3').value).toBe(12.5);
  });
});
