/** Our inflate against zlib's: the same bytes, and the same refusals. */

import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { FormatError } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { failing } from "../../src/io/bytes/fail.ts";
import { inflate } from "../../src/io/zip/inflate.ts";

const fail = failing("test");
const bytesOf = (buffer: Uint8Array): Uint8Array => Uint8Array.from(buffer);

/** A generator of bytes that are the same in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
}
const next = random(1);
const sources: Record<string, Uint8Array> = {
  nothing: new Uint8Array(),
  "one byte": Uint8Array.of(7),
  random: Uint8Array.from({ length: 100_000 }, next),
  repetitive: Uint8Array.from({ length: 100_000 }, (_, i) => (i % 257) ^ (i >> 12)),
  zeros: new Uint8Array(300_000),
  weights: new Uint8Array(Float32Array.from({ length: 20_000 }, () => (next() + next() - 255) / 256).buffer),
  // Frequencies like Fibonacci's numbers give codes of all lengths, also longer than the lookup of 10 bits.
  skewed: Uint8Array.from({ length: 200_000 }, () => Math.clz32((next() << 24) | (next() << 16) | (next() << 8) | 1)),
};

describe("what zlib compressed", () => {
  const ways = {
    stored: { level: 0 },
    "fixed codes": { strategy: constants.Z_FIXED },
    "dynamic codes": { level: 9 },
    "no matches": { strategy: constants.Z_HUFFMAN_ONLY },
    "short distances": { windowBits: 9 },
  };
  for (const [way, options] of Object.entries(ways))
    test.each(Object.entries(sources))(`${way}: %s`, (_, source) => {
      const packed = bytesOf(deflateRawSync(source, options));
      expect(Buffer.compare(inflate(packed, source.length, fail), source)).toBe(0);
    });

  test("all three kinds of blocks are in these", () => {
    const kinds = Object.values(ways).map((options) => (deflateRawSync(sources.weights!, options)[0]! >> 1) & 3);
    expect(new Set(kinds)).toEqual(new Set([0, 1, 2]));
  });

  test("any bytes", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 0, max: 9 }), (parts, level) => {
        const source = Uint8Array.from([...parts, ...parts].flatMap((part) => [...part, ...part]));
        expect(inflate(bytesOf(deflateRawSync(source, { level })), source.length, fail)).toEqual(source);
      }),
    );
  });
});

describe("what is damaged", () => {
  const source = Uint8Array.from({ length: 150 }, (_, i) => (i * i) % 23);
  const streams = [{ level: 9 }, { strategy: constants.Z_FIXED }, { level: 0 }, { strategy: constants.Z_HUFFMAN_ONLY }];

  /** What zlib makes of all of `packed`, if it accepts it. */
  function reference(packed: Uint8Array): Uint8Array | undefined {
    try {
      const { buffer, engine } = inflateRawSync(packed, { info: true, maxOutputLength: 2 ** 20 }) as unknown as {
        buffer: Uint8Array;
        engine: { bytesWritten: number };
      };
      return engine.bytesWritten === packed.length ? buffer : undefined;
    } catch {
      return undefined;
    }
  }

  function compare(packed: Uint8Array): boolean {
    const expected = reference(packed);
    if (expected) expect(inflate(packed, expected.length, fail)).toEqual(bytesOf(expected));
    else for (const size of [150, 100_000]) expect(() => inflate(packed, size, fail)).toThrow(FormatError);
    return expected !== undefined;
  }

  test("every truncation, and every flipped bit: as zlib, which accepts some of them", () => {
    let accepted = 0;
    for (const options of streams) {
      const packed = bytesOf(deflateRawSync(source, options));
      for (let at = 0; at < packed.length; at++) {
        expect(compare(packed.subarray(0, at))).toBe(false);
        for (let bit = 0; bit < 8; bit++) accepted += Number(compare(packed.with(at, packed[at]! ^ (1 << bit))));
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });

  test("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void compare(bytes)),
      { numRuns: 3000 },
    );
  });
});

describe("refused, by its reason", () => {
  const packed = bytesOf(deflateRawSync(new Uint8Array(1000)));
  test.each<[string, Uint8Array, number, string]>([
    ["a declared size too small", packed, 999, "it inflates to more than the declared 999 bytes"],
    ["a declared size too large", packed, 1001, "it inflates to 1000 bytes, not to the declared 1001"],
    [
      "bytes after the end",
      Uint8Array.of(...packed, 0),
      1000,
      `its compressed data ends after ${packed.length} of ${packed.length + 1} bytes`,
    ],
    ["no end", packed.subarray(0, -1), 1000, "its compressed data ends early"],
    ["nothing", new Uint8Array(), 0, "its compressed data ends early"],
    ["a fourth kind of block", Uint8Array.of(7), 0, "its compressed data has a block of a kind that does not exist"],
    [
      "a stored block without a length",
      Uint8Array.of(1, 1, 0, 0, 0),
      1,
      "its compressed data has a stored block without a length",
    ],
    ["a stored block beyond the end", Uint8Array.of(1, 9, 0, 0xf6, 0xff, 1), 9, "its compressed data ends early"],
    ["a distance at the beginning", Uint8Array.of(3, 2, 0), 9, "its compressed data refers to bytes before the first"],
  ])("%s", (_, bytes, size, message) => {
    expect(() => inflate(bytes, size, fail)).toThrow(new FormatError(`test: ${message}`));
  });
});
