import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError, OptionError, ShapeError } from "../../src/core/errors.ts";
import { readWav, type Wav, type WavEncoding, writeWav } from "../../src/io/wav.ts";

const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const u16 = (x: number): number[] => [x & 255, (x >> 8) & 255];
const u32 = (x: number): number[] => [x & 255, (x >>> 8) & 255, (x >>> 16) & 255, (x >>> 24) & 255];

/** A chunk with its pad byte; `size` overrides the declared size. */
const chunk = (id: string, body: readonly number[], size = body.length): number[] => [
  ...ascii(id),
  ...u32(size),
  ...body,
  ...(body.length % 2 ? [0] : []),
];

interface FormatFields {
  code?: number;
  channels?: number;
  rate?: number;
  align?: number;
  bits?: number;
  extra?: number[];
}

const format = ({ code = 1, channels = 1, rate = 8000, bits = 16, align, extra = [] }: FormatFields = {}): number[] =>
  chunk("fmt ", [
    ...u16(code),
    ...u16(channels),
    ...u32(rate),
    ...u32((rate * channels * bits) / 8),
    ...u16(align ?? (channels * bits) / 8),
    ...u16(bits),
    ...extra,
  ]);

const riff = (...chunks: number[][]): Uint8Array =>
  Uint8Array.from([...ascii("RIFF"), ...u32(4 + chunks.flat().length), ...ascii("WAVE"), ...chunks.flat()]);

const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const extensible = (code: number, validBits: number, tail = GUID_TAIL): number[] => [
  ...u16(22),
  ...u16(validBits),
  ...u32(0),
  ...u16(code),
  ...tail,
];

const samples = (bytes: Uint8Array): number[][] => readWav(bytes).channels.map((channel) => [...channel]);

describe("reading", () => {
  test.each<[string, FormatFields, number[], number[]]>([
    ["8 bits", { bits: 8 }, [0, 128, 255], [-1, 0, 127 / 128]],
    ["16 bits", {}, [0, 0x80, 0, 0, 0xff, 0x7f], [-1, 0, 32767 / 32768]],
    ["24 bits", { bits: 24 }, [0, 0, 0x80, 255, 255, 255, 255, 255, 127], [-1, -1 / 8388608, 8388607 / 8388608]],
    ["32 bits", { bits: 32 }, [0, 0, 0, 0x80, 0, 0, 0, 0x40], [-1, 0.5]],
    ["floats", { code: 3, bits: 32 }, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], [1, -2]],
    ["doubles", { code: 3, bits: 64 }, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], [1]],
    ["extensible PCM", { code: 0xfffe, extra: extensible(1, 12) }, [0, 0x40], [0.5]],
    ["extensible floats", { code: 0xfffe, bits: 32, extra: extensible(3, 32) }, [0, 0, 0, 0x3f], [0.5]],
  ])("%s", (_, fields, data, expected) => {
    expect(samples(riff(format(fields), chunk("data", data)))).toEqual([expected]);
  });

  test("channels are taken apart", () => {
    const bytes = riff(format({ channels: 3, bits: 8 }), chunk("data", [0, 128, 192, 64, 128, 0]));
    expect(readWav(bytes).sampleRate).toBe(8000);
    expect(samples(bytes)).toEqual([
      [-1, -0.5],
      [0, 0],
      [0.5, -1],
    ]);
  });

  const HALF = [0, 0x40];

  test("other chunks before and after, of odd sizes", () => {
    const odd = chunk("LIST", [1, 2, 3]);
    const bytes = riff(odd, format(), odd, chunk("data", HALF), odd, chunk("fact", [1]));
    expect(samples(bytes)).toEqual([[0.5]]);
    expect(samples(riff(chunk("data", HALF), odd, format()))).toEqual([[0.5]]);
  });

  test("8-bit data of odd size may lack the pad byte at the end", () => {
    const bytes = riff(format({ bits: 8 }), chunk("data", [0, 128, 192]));
    expect(samples(bytes.subarray(0, -1))).toEqual([[-1, 0, 0.5]]);
  });

  test.each([0, 0xffffffff, 0x7ffff000, 0x7fffffff])("a streamed file with data size %i", (size) => {
    expect(samples(riff(format(), chunk("data", [...HALF, ...HALF], size)))).toEqual([[0.5, 0.5]]);
  });

  test("a size of zero with only chunks after it is an empty recording", () => {
    expect(samples(riff(format({ channels: 2 }), chunk("data", [])))).toEqual([[], []]);
    expect(samples(riff(format(), chunk("data", []), chunk("LIST", [1, 2, 3])))).toEqual([[]]);
  });

  test("an incomplete last frame is dropped", () => {
    expect(samples(riff(format(), chunk("data", [...HALF, 7])))).toEqual([[0.5]]);
    expect(samples(riff(format({ channels: 2 }), chunk("data", [...HALF, ...HALF, ...HALF])))).toEqual([[0.5], [0.5]]);
  });

  test("bytes may lie anywhere in their buffer", () => {
    const bytes = riff(format(), chunk("data", HALF));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(samples(shifted.subarray(3))).toEqual([[0.5]]);
  });

  test("65535 channels without a frame stay small", () => {
    const { channels } = readWav(riff(format({ channels: 65535, bits: 8 }), chunk("data", [])));
    expect(channels.length).toBe(65535);
    expect(new Set(channels).size).toBe(1);
  });
});

describe("what is not read", () => {
  const text = (from: string): Uint8Array => Uint8Array.from(ascii(from));

  test.each<[Uint8Array, string]>([
    [text(""), "found an empty file"],
    [text("ID3\x04\x00\x00\x00\x00\x00\x00"), "found an MP3 file (ID3 tag)"],
    [Uint8Array.of(0xff, 0xfb, 0x90, 0x64), "found an MP3 or AAC stream"],
    [text("fLaC\0\0\0\x22"), "found a FLAC file"],
    [text("OggS\0\x02"), "found an Ogg file (Vorbis or Opus)"],
    [text("RF64\xff\xff\xff\xffWAVE"), "found a 64-bit WAV file (RF64)"],
    [text("RIFX\0\0\0\x04WAVE"), "found a big-endian WAV file (RIFX)"],
    [text("RIFF\x04\0\0\0AVI "), 'found a RIFF file of type "AVI "'],
    [text("RIFF\x04\0"), "found the first 6 bytes of a RIFF file"],
    [text("FORM\0\0\0\x04AIFF"), 'found an AIFF or other IFF file ("AIFF")'],
    [text("\0\0\0\x20ftypM4A "), "found an MP4 or M4A file"],
    [text("\x1aE\xdf\xa3"), "found a WebM or Matroska file"],
    [text("caff\0\x01"), "found a Core Audio file (CAF)"],
    [text("hello, world"), 'found text ("hello, world")'],
    [Uint8Array.of(1, 2, 3), "found 3 bytes that start with 01 02 03"],
  ])("another kind of file %#", (bytes, message) => {
    expect(() => readWav(bytes)).toThrow(new FormatError(`readWav: expected a RIFF/WAVE file, ${message}`));
  });

  const DATA = chunk("data", [0, 0x40]);

  test.each<[string, Uint8Array, string]>([
    ["A-law", riff(format({ code: 6, bits: 8 }), DATA), "expected format code 1 (PCM) or 3 (float), found 6 (A-law)"],
    ["unknown", riff(format({ code: 999 }), DATA), "found 999 (not known here)"],
    ["extensible A-law", riff(format({ code: 0xfffe, extra: extensible(6, 8) }), DATA), "found 6 (A-law)"],
    [
      "foreign GUID",
      riff(format({ code: 0xfffe, extra: extensible(1, 16, GUID_TAIL.with(5, 9)) }), DATA),
      "expected a PCM or float sub-format, found 01 00 00 00 00 00 10 09",
    ],
    [
      "short extensible",
      riff(format({ code: 0xfffe }), DATA),
      'expected an extensible "fmt " chunk of 40 bytes, found 16',
    ],
    ["short fmt", riff(chunk("fmt ", [1, 0]), DATA), 'expected a "fmt " chunk of at least 16 bytes, found 2'],
    ["20 bits", riff(format({ bits: 20 }), DATA), "expected 8, 16, 24 or 32 bits of PCM, found 20"],
    ["half floats", riff(format({ code: 3 }), DATA), "expected 32 or 64 bits of float, found 16"],
    ["no channels", riff(format({ channels: 0 }), DATA), "expected at least one channel, found 0"],
    ["no rate", riff(format({ rate: 0 }), DATA), "expected a sample rate of at least 1 Hz, found 0"],
    [
      "block align",
      riff(format({ channels: 2, align: 3 }), DATA),
      "expected frames of 4 bytes (2 channels × 16 bits), found a block align of 3",
    ],
    ["no fmt", riff(DATA), 'expected a "fmt " chunk, found none in 22 bytes'],
    ["no data", riff(format()), 'expected a "data" chunk, found none in 36 bytes'],
    [
      "cut data",
      riff(format(), chunk("data", [1, 2], 1000)),
      'the file is cut short: chunk "data" declares 1000 bytes, 2 are there',
    ],
    ["cut chunk", riff(format(), chunk("LIST", [1, 2], 9)), 'cut short: chunk "LIST" declares 9 bytes, 2 are there'],
  ])("%s", (_, bytes, message) => {
    expect(() => readWav(bytes)).toThrow(FormatError);
    expect(() => readWav(bytes)).toThrow(message);
  });

  const whole = riff(
    chunk("LIST", [1, 2, 3]),
    format({ channels: 2 }),
    chunk("data", [0, 0x40, 0, 0xc0]),
    chunk("bext", [0]),
  );

  test("a file cut at any byte is refused or read right", () => {
    const read: number[] = [];
    for (let length = 0; length < whole.length; length++) {
      try {
        expect(samples(whole.subarray(0, length))).toEqual([[0.5], [-0.5]]);
        read.push(length);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    expect(read).toEqual(Array.from({ length: 10 }, (_, i) => whole.length - 10 + i)); // cut after the data only
  });

  test("damaged files raise nothing but FormatError", () => {
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.uint8Array({ maxLength: 40 }), (changes, tail) => {
        const bytes = Uint8Array.from([...whole, ...tail]);
        for (const [at, value] of changes) bytes[at] = value;
        try {
          const { channels } = readWav(bytes);
          for (const channel of channels) expect(channel.length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("writing", () => {
  const shape = fc.record({
    sampleRate: fc.integer({ min: 1, max: 192000 }),
    channels: fc.integer({ min: 1, max: 5 }),
  });
  const wavOf = (sample: fc.Arbitrary<number>): fc.Arbitrary<Wav> =>
    fc.tuple(shape, fc.nat(20)).chain(([{ sampleRate, channels }, length]) =>
      fc
        .array(fc.array(sample, { minLength: length, maxLength: length }), {
          minLength: channels,
          maxLength: channels,
        })
        .map((rows) => ({ sampleRate, channels: rows.map((row) => Float32Array.from(row)) })),
    );

  test("float32 keeps every bit", () => {
    fc.assert(
      fc.property(wavOf(fc.float()), (wav) => {
        expect(readWav(writeWav(wav, { encoding: "float32" }))).toEqual(wav);
      }),
    );
  });

  test.each<[WavEncoding, number]>([
    ["pcm16", 16],
    ["pcm24", 24],
    ["pcm32", 32],
  ])("%s clips, rounds to the nearest and is stable", (encoding, bits) => {
    const scale = 2 ** (bits - 1);
    fc.assert(
      fc.property(wavOf(fc.float({ min: -2, max: 2, noNaN: true })), (wav) => {
        const bytes = writeWav(wav, { encoding });
        const back = readWav(bytes);
        expect(back.sampleRate).toBe(wav.sampleRate);
        const nearest = (x: number): number => Math.min(scale - 1, Math.max(-scale, Math.round(x * scale))) / scale + 0;
        expect(back.channels).toEqual(wav.channels.map((channel) => channel.map(nearest)));
        expect(writeWav(back, { encoding })).toEqual(bytes);
      }),
    );
  });

  test("the bytes of a small file", () => {
    expect([...writeWav({ sampleRate: 8000, channels: [Float32Array.of(0.5, Number.NaN)] })]).toEqual([
      ...riff(format(), chunk("data", [0, 0x40, 0, 0])),
    ]);
    const floats = writeWav({ sampleRate: 8000, channels: [Float32Array.of(1)] }, { encoding: "float32" });
    expect([...floats]).toEqual([
      ...riff(format({ code: 3, bits: 32, extra: [0, 0] }), chunk("fact", u32(1)), chunk("data", [0, 0, 0x80, 0x3f])),
    ]);
  });

  test("data of odd size is padded", () => {
    const bytes = writeWav({ sampleRate: 8000, channels: [Float32Array.of(0.5)] }, { encoding: "pcm24" });
    expect([...bytes]).toEqual([...riff(format({ bits: 24 }), chunk("data", [0, 0, 0x40]))]);
  });

  test.each<[string, Wav, WavEncoding | "mp3", new (message: string) => Error, string]>([
    [
      "encoding",
      { sampleRate: 1, channels: [] },
      "mp3",
      OptionError,
      'writeWav: encoding "mp3" is not one of pcm16, pcm24, pcm32, float32',
    ],
    ["no channels", { sampleRate: 1, channels: [] }, "pcm16", OptionError, "writeWav: 0 channels are outside 1..32767"],
    [
      "rate",
      { sampleRate: 44.1, channels: [new Float32Array(1)] },
      "pcm16",
      OptionError,
      "writeWav: sampleRate 44.1 is not an integer of 1..2147483647",
    ],
    [
      "lengths",
      { sampleRate: 1, channels: [new Float32Array(1), new Float32Array(2)] },
      "pcm16",
      ShapeError,
      "writeWav: channel 1 has 2 samples, channel 0 has 1",
    ],
  ])("refuses: %s", (_, wav, encoding, Kind, message) => {
    expect(() => writeWav(wav, { encoding: encoding as WavEncoding })).toThrow(new Kind(message));
  });
});
