import { FormatError } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failing } from "../../src/io/bytes/fail.ts";
import {
  bytesOf,
  FIXED32,
  FIXED64,
  fieldsOf,
  fixedBytesOf,
  floatOf,
  integerOf,
  integersOf,
  smallIntegerOf,
  textOf,
} from "../../src/io/protobuf/reader.ts";
import { MessageWriter } from "../../src/io/protobuf/writer.ts";
import { field, join, varint } from "./wire.ts";

const fail = failing("reader");
const all = (...parts: readonly (Uint8Array | readonly number[])[]) => [...fieldsOf(join(...parts), fail)];
const one = (...parts: readonly (Uint8Array | readonly number[])[]) => all(...parts)[0]!;

describe("reading", () => {
  test("fields of every wire type, in order", () => {
    expect(all(field(1, 300), [0x11, 1, 2, 3, 4, 5, 6, 7, 8], field(536870911, "ß"), [0x25, 0, 0, 0xc0, 0x3f])).toEqual(
      [
        { number: 1, wireType: 0, value: 300 },
        { number: 2, wireType: 1, value: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
        { number: 536870911, wireType: 2, value: Uint8Array.of(0xc3, 0x9f) },
        { number: 4, wireType: 5, value: Uint8Array.of(0, 0, 0xc0, 0x3f) },
      ],
    );
    expect(floatOf(one([0x25, 0, 0, 0xc0, 0x3f]), fail)).toBe(1.5);
    expect(textOf(one(field(3, "ß\ufeff")), fail)).toBe("ß\ufeff");
  });

  test("varints are int64, a bigint only where a number does not hold them", () => {
    const values = [0, 1, 127, 128, 2 ** 28 - 1, 2 ** 28, 2 ** 31, 2 ** 32, 2 ** 35, 2 ** 53 - 1, -1, -(2 ** 53) + 1];
    for (const value of values) expect(integerOf(one(field(1, value)), fail)).toBe(value);
    for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])
      expect(integerOf(one(field(1, value)), fail)).toBe(value);
    expect(integerOf(one([8, 0x81, 0x80, 0]), fail)).toBe(1); // longer than it need be, which the format allows
  });

  test("repeated numbers, packed or not", () => {
    const packed = one(field(1, join(varint(5), varint(-1), varint(2n ** 60n))));
    expect([...integersOf(packed, fail)]).toEqual([5, -1, 2n ** 60n]);
    expect([...integersOf(one(field(1, 5)), fail)]).toEqual([5]);
    expect(fixedBytesOf(one(field(1, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))), FIXED32, fail)).toHaveLength(8);
    expect(fixedBytesOf(one([0x0d, 1, 2, 3, 4]), FIXED32, fail)).toHaveLength(4);
  });

  test.each<[string, () => unknown, string]>([
    ["a varint of 11 bytes", () => all([8, ...Array(10).fill(0x80), 1]), "a varint has more than 64 bits"],
    ["a varint of 65 bits", () => all([8, ...Array(9).fill(0xff), 2]), "a varint has more than 64 bits"],
    ["a varint cut short", () => all([8, 0x80]), "the message ends within a varint"],
    ["a length past the end", () => all([0x0a, 3, 1, 2]), "field 1 should have 3 bytes, but 2 are left"],
    ["a length of 2^63", () => all([0x0a], varint(2n ** 63n)), "field 1 should have -9223372036854775808 bytes"],
    ["a length of 2^53", () => all([0x0a], varint(2n ** 53n)), "field 1 should have 9007199254740992 bytes"],
    ["4 bytes cut short", () => all([0x0d, 1, 2]), "field 1 should have 4 bytes, but 2 are left"],
    ["8 bytes cut short", () => all([0x09, 1, 2]), "field 1 should have 8 bytes, but 2 are left"],
    ["the start of a group", () => all([0x0b]), "field 1 is a group"],
    ["the end of a group", () => all([0x0c]), "field 1 is a group"],
    ["wire type 6", () => all([0x0e]), "field 1 has wire type 6, which does not exist"],
    ["wire type 7", () => all([0x0f]), "field 1 has wire type 7, which does not exist"],
    ["field number 0", () => all([0x02, 0]), "byte 0 should start a field, but its key is 2"],
    ["a field number of 30 bits", () => all(varint(2 ** 32)), "its key is 4294967296"],
    [
      "a varint as text",
      () => textOf(one(field(1, 1)), fail),
      "field 1 should be bytes with a length, but is a varint",
    ],
    ["a varint as bytes", () => bytesOf(one(field(1, 1)), fail), "field 1 should be bytes with a length"],
    ["bytes as an integer", () => integerOf(one(field(1, "a")), fail), "field 1 should be a varint"],
    ["bytes as a float", () => floatOf(one(field(1, "abcd")), fail), "field 1 should be 4 bytes"],
    ["4 bytes as doubles", () => fixedBytesOf(one([0x0d, 1, 2, 3, 4]), FIXED64, fail), "field 1 should be 8 bytes"],
    ["packed floats of 5 bytes", () => fixedBytesOf(one(field(1, "abcde")), FIXED32, fail), "no multiple of 4"],
    ["a large enumeration", () => smallIntegerOf(one(field(1, 2n ** 60n)), fail), "which is no safe integer"],
    ["no UTF-8", () => textOf(one(field(1, Uint8Array.of(0xff))), fail), "its 1 bytes are not UTF-8"],
    ["packed varints cut short", () => [...integersOf(one(field(1, Uint8Array.of(0x80))), fail)], "within a varint"],
  ])("%s", (_, read, message) => {
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

  test("any bytes: fields or a FormatError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          let length = 0;
          for (const { value } of fieldsOf(bytes, fail)) length += value instanceof Uint8Array ? value.length + 1 : 2;
          expect(length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writing", () => {
  test("what is written is read, small and large, within messages within messages", () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(fc.array(integer), fc.uint8Array({ maxLength: 200 }), fc.string(), (integers, bytes, name) => {
        const inner = new MessageWriter().bytes(1, bytes).text(2, name).bytes(3, bytes);
        for (const value of integers) inner.integer(4, value);
        const outer = new MessageWriter().integer(1, 5).message(2, new MessageWriter().message(7, inner)).float(3, 1.5);
        const [five, message, float] = all(outer.finish());
        expect(outer.finish()).toHaveLength(outer.length);
        expect([five!.value, floatOf(float!, fail)]).toEqual([5, 1.5]);
        const [a, b, c, ...rest] = all(bytesOf(one(bytesOf(message!, fail)), fail));
        expect([a!.value, textOf(b!, fail), c!.value]).toEqual([bytes, name, bytes]);
        expect(rest.map((entry) => BigInt(integerOf(entry, fail)))).toEqual(integers);
      }),
    );
  });

  test("the bytes are the shortest there are, as protobuf's own", () => {
    const message = new MessageWriter()
      .integer(1, 300)
      .integer(2, -1)
      .integer(16, 2 ** 31)
      .text(3, "a");
    expect(message.finish(2)).toEqual(join(field(1, 300), field(2, -1), field(16, 2 ** 31), field(3, "a"), [0, 0]));
  });
});
