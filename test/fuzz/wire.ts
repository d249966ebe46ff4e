import type { Random } from '../random.ts';

/** A varint of ten bytes with all bits set: -1 of 64 bits, far beyond every other kind. */
const ALL_BITS = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
/** Of eleven bytes: no varint at all. */
const OVERLONG = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
/** UTF-8 of nothing. */
const NO_TEXT = Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80]);

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
};

/** A field of the wire format: 0 varint, 1 eight bytes, 2 length and bytes, 3 and 4 groups, 5 four bytes; 6 and 7 are none. */
const field = (number: number, type: number, value: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + type), value]);

const text = (number: number, value: Buffer): Buffer => field(number, 2, Buffer.concat([varint(value.length), value]));

type Way = (bytes: Buffer, random: Random) => Buffer;

const number = (random: Random): number => 1 + random.below(12);

const WAYS: Way[] = [
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => Buffer.from(bytes.map((byte) => (random.chance(0.1) ? random.below(256) : byte))),
  (bytes, random) => Buffer.concat([bytes, Buffer.from(Array.from({ length: 20 }, () => random.below(256)))]),
  (bytes, random) => Buffer.concat([bytes, field(number(random), 0, ALL_BITS)]),
  (bytes, random) => Buffer.concat([bytes, field(number(random), 0, OVERLONG)]),
  (bytes, random) => Buffer.concat([bytes, text(number(random), NO_TEXT)]),
  (bytes, random) => Buffer.concat([bytes, text(number(random), Buffer.from('a\0b'))]),
  (bytes, random) => Buffer.concat([bytes, field(number(random), 2, varint(2 ** 31))]),
  (bytes, random) => Buffer.concat([bytes, field(number(random), random.below(8), Buffer.from([random.below(256)]))]),
  (bytes, random) => Buffer.concat([bytes, field(number(random), 0, varint(99))]),
  (bytes, random) => Buffer.concat([bytes, text(number(random), bytes)]),
  (_, random) => Buffer.concat(Array.from({ length: 2_000 }, () => text(number(random), Buffer.from('x')))),
  (bytes, random) => Array.from({ length: 500 }).reduce<Buffer>((inner) => text(1 + random.below(2), inner), bytes),
  (_, random) => Buffer.concat(Array.from({ length: 5_000 }, () => field(number(random), 3, Buffer.alloc(0)))),
  () => Buffer.alloc(0),
  () => Buffer.alloc(300_000, 0x0a),
];

/** The bytes of a message, broken in one of many ways. */
export const brokenBytes = (random: Random, bytes: Buffer): Buffer => random.of(WAYS)(bytes, random);
