import { deflateRawSync } from "node:zlib";
import { FormatError, OptionError } from "atrous";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/io/bytes/crc32.ts";
import { failing } from "../../src/io/bytes/fail.ts";
import { readZip } from "../../src/io/zip/read.ts";
import { writeZip } from "../../src/io/zip/write.ts";

const fail = failing("test");
const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];
const u16 = (x: number): number[] => [x & 255, (x >>> 8) & 255];
const u32 = (x: number): number[] => [...u16(x & 0xffff), ...u16(x >>> 16)];
const u64 = (x: number): number[] => [...u32(x % 2 ** 32), ...u32(Math.floor(x / 2 ** 32))];

/** An entry, true unless told otherwise. */
interface Given {
  name?: string;
  data?: Uint8Array;
  method?: number;
  flags?: number;
  checksum?: number;
  size?: number;
  compressed?: number;
  /** Of the local header. */
  at?: number;
  disk?: number;
  extra?: number[];
}

/** An archive, as streaming writers make them: local headers without sizes, the sizes after the data and in the directory. */
function archive(entries: readonly Given[], end: { tail?: (start: number, size: number) => number[] } = {}) {
  const file: number[] = [];
  const directory: number[] = [];
  for (const { name = "a", data = Uint8Array.of(1, 2, 3), method = 0, flags = 0x0808, ...given } of entries) {
    const stored = method === 8 ? deflateRawSync(data) : data;
    const { checksum = crc32(data), size = data.length, compressed = stored.length, at = file.length } = given;
    const { disk = 0, extra = [] } = given;
    const common = [...u16(20), ...u16(flags), ...u16(method), ...u32(0)];
    const lengths = [...u16(ascii(name).length), ...u16(extra.length)];
    directory.push(
      ...u32(0x02014b50),
      ...u16(20),
      ...common,
      ...u32(checksum),
      ...u32(compressed),
      ...u32(size),
      ...lengths,
      ...u16(0),
      ...u16(disk),
      ...u16(0),
      ...u32(0),
      ...u32(at),
      ...ascii(name),
      ...extra,
    );
    file.push(...u32(0x04034b50), ...common, ...u32(0), ...u32(0), ...u32(0), ...u16(ascii(name).length), ...u16(4));
    file.push(...ascii(name), ...u16(0x4246), ...u16(0), ...stored);
    if (flags & 8) file.push(...u32(0x08074b50), ...u32(checksum), ...u32(compressed), ...u32(size));
  }
  const count = u16(entries.length);
  const {
    tail = (start, size) => [...u32(0x06054b50), ...u32(0), ...count, ...count, ...u32(size), ...u32(start), ...u16(0)],
  } = end;
  return Uint8Array.from([...file, ...directory, ...tail(file.length, directory.length)]);
}

const contents = (bytes: Uint8Array) =>
  Array.from(readZip(bytes, fail).values(), ({ name, size, read }) => [name, size, [...read()]]);

const text = new TextEncoder().encode("all work and no play makes Jack a dull boy, ".repeat(20));

describe("reading", () => {
  test("stored and deflated entries, in the order of the directory, names as they are", () => {
    const bytes = archive([
      { name: "é/1" },
      { name: "__proto__", data: text, method: 8 },
      { name: "1", data: new Uint8Array() },
    ]);
    expect(contents(bytes)).toEqual([
      ["é/1", 3, [1, 2, 3]],
      ["__proto__", text.length, [...text]],
      ["1", 0, []],
    ]);
  });

  test("a stored entry is a view, whatever the archive is a view of", () => {
    const bytes = archive([{}]);
    const larger = new Uint8Array(bytes.length + 5);
    larger.set(bytes, 5);
    const entry = readZip(larger.subarray(5), fail).get("a")!.read();
    expect([...entry]).toEqual([1, 2, 3]);
    expect(entry.buffer).toBe(larger.buffer);
  });

  test("a comment, even one with the signature of an end record", () => {
    const [end, comment] = [archive([{}]), [...u32(0x06054b50), ...new Array(70).fill(32)]];
    const bytes = Uint8Array.from([...end.subarray(0, -2), ...u16(comment.length), ...comment]);
    expect(contents(bytes)).toEqual([["a", 3, [1, 2, 3]]]);
    const longest = Uint8Array.from([...end.subarray(0, -2), ...u16(65535), ...new Uint8Array(65535)]);
    expect(contents(longest)).toEqual([["a", 3, [1, 2, 3]]]);
  });

  /** A ZIP64 end record, its locator, and an end record that has `short` instead of the numbers. */
  const long = (short = 0xffffffff) => ({
    tail: (start: number, size: number) => [
      ...[
        ...u32(0x06064b50),
        ...u64(44),
        ...u32(0),
        ...u32(0),
        ...u32(0),
        ...u64(1),
        ...u64(1),
        ...u64(size),
        ...u64(start),
      ],
      ...[...u32(0x07064b50), ...u32(0), ...u64(start + size), ...u32(1)],
      ...[...u32(0x06054b50), ...u32(0), ...u16(short), ...u16(short), ...u32(size), ...u32(short), ...u16(0)],
    ],
  });
  const saturated = { size: 0xffffffff, compressed: 0xffffffff, at: 0xffffffff };
  const sizes = [...u16(0x0001), ...u16(24), ...u64(3), ...u64(3), ...u64(0)];

  test("ZIP64: end records, sizes and offsets, after another extra field", () => {
    const bytes = archive([{ ...saturated, extra: [...u16(0x5455), ...u16(2), 0, 0, ...sizes] }], long());
    expect(contents(bytes)).toEqual([["a", 3, [1, 2, 3]]]);
  });

  test("ZIP64: refused where it is damaged or contradicts the rest", () => {
    const refused = (bytes: Uint8Array, message: string) =>
      expect(() => readZip(bytes, fail)).toThrow(new FormatError(`test: ${message}`));
    const missing = 'entry "a": its sizes should be in a ZIP64 extra field, which is missing or too short';
    refused(archive([saturated], long()), missing);
    refused(archive([{ ...saturated, extra: [...sizes.slice(0, 2), ...u16(16), ...sizes.slice(4)] }], long()), missing);
    refused(archive([{}], long(2)), "the archive's two end records differ, in 2 and 1");
    const bytes = archive([{}], long());
    refused(
      bytes.with(bytes.length - 22 - 12, 1),
      `the archive has no ZIP64 end record at byte ${((bytes.length - 98) & ~255) | 1}`,
    );
    const huge = { ...saturated, extra: [...sizes.slice(0, 4), ...u64(2 ** 62), ...u64(2 ** 62), ...u64(0)] };
    refused(
      archive([huge], long()),
      `entry "a": its ${2 ** 62} bytes are more than the ${archive([huge], long()).length} of the file`,
    );
  });

  test("PyTorch's checksum of 0, where it computed none, is believed of what is stored only", () => {
    expect(contents(archive([{ checksum: 0 }]))).toEqual([["a", 3, [1, 2, 3]]]);
    expect(() => contents(archive([{ checksum: 0, method: 8 }]))).toThrow(FormatError);
  });
});

describe("hostile archives", () => {
  const end = (disk: number, start: number, size: number, count = 1) => [
    ...[...u32(0x06054b50), ...u16(disk), ...u16(disk), ...u16(count), ...u16(count)],
    ...[...u32(size), ...u32(start), ...u16(0)],
  ];
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "the file is not a ZIP archive, or its end is missing: it has no end record"],
    [
      "an end cut off",
      archive([{}]).subarray(0, -1),
      "the file is not a ZIP archive, or its end is missing: it has no end record",
    ],
    ["the same name twice", archive([{}, {}]), 'two entries of the archive have the name "a"'],
    ["the same data twice", archive([{}, { name: "b", at: 0 }]), 'entries "a" and "b" overlap at byte 0'],
    [
      "a local header within data",
      archive([{ data: archive([{ name: "in", flags: 0 }]) }, { name: "b", data: new Uint8Array(), at: 35 }]),
      'entries "a" and "b" overlap at byte 35',
    ],
    ["encryption", archive([{ flags: 1 }]), 'entry "a": it is encrypted'],
    ["strong encryption", archive([{ flags: 0x40 }]), 'entry "a": it is encrypted'],
    [
      "another method",
      archive([{ method: 14 }]),
      'entry "a": it is compressed by method 14; known are 0, stored, and 8, deflated',
    ],
    [
      "several disks",
      archive([{}], { tail: (start, size) => end(1, start, size) }),
      "the archive is one of several disks, which are not read here",
    ],
    ["an entry on another disk", archive([{ disk: 3 }]), 'entry "a": it is on another disk, which is not read here'],
    ["a stored entry of two sizes", archive([{ size: 4 }]), 'entry "a": it is stored, but 4 bytes are 3 in the file'],
    [
      "sizes beyond the file",
      archive([{ size: 9999, compressed: 9999 }]),
      'entry "a": its 9999 bytes are more than the 123 of the file',
    ],
    [
      "sizes beyond the data",
      archive([{ size: 40, compressed: 40 }]),
      'entry "a": it ends at byte 75, but the directory begins at 54',
    ],
    ["an offset beyond the file", archive([{ at: 9999 }]), 'entry "a": there is no local header at byte 9999'],
    ["an offset of something else", archive([{ at: 1 }]), 'entry "a": there is no local header at byte 1'],
    [
      "a ratio that deflate has not",
      archive([{ method: 8, size: 10_000 }]),
      'entry "a": 5 bytes cannot be inflated to the declared 10000',
    ],
    [
      "a size too small",
      archive([{ method: 8, data: text, size: 100 }]),
      'entry "a": it inflates to more than the declared 100 bytes',
    ],
    [
      "a size too large",
      archive([{ method: 8, data: text, size: 1000 }]),
      'entry "a": it inflates to 880 bytes, not to the declared 1000',
    ],
    [
      "damage",
      archive([{ checksum: 1 }]),
      'entry "a": its bytes are damaged: their CRC-32 is another than the archive has',
    ],
    [
      "a directory beyond the file",
      archive([{}], { tail: (start) => end(0, start, 4000) }),
      "the archive's directory of 4000 bytes at 54 is not in the file",
    ],
    [
      "two archives, one after the other",
      Uint8Array.of(...archive([{}]), ...archive([{}])),
      "the archive has 123 bytes between its directory and the end record, which do not belong there",
    ],
    [
      "a directory too long",
      archive([{}], { tail: (start, size) => end(0, start, size, 2) }),
      "the archive's directory has no entry at byte 101",
    ],
    [
      "a directory too short",
      archive([{}, { name: "b" }], { tail: (start, size) => end(0, start, size) }),
      "the archive's directory has 47 bytes more than its entries",
    ],
    ["a name that is not UTF-8", archive([{}]).with(100, 0xff), "the name of an entry of the archive is not UTF-8"],
    [
      "a name beyond the directory",
      archive([{}]).with(82, 200),
      "the entry at byte 54 of the archive's directory goes on after the directory's end",
    ],
  ])("%s", (_, bytes, message) => {
    expect(() => contents(bytes)).toThrow(new FormatError(`test: ${message}`));
  });

  test("bombs: the budget is one for all entries, and known before anything is inflated", () => {
    const zeros = { data: new Uint8Array(60_000), method: 8 };
    const bytes = archive([
      { ...zeros, name: "a" },
      { ...zeros, name: "b" },
    ]);
    expect(readZip(bytes, fail, 120_000).get("b")!.read().length).toBe(60_000);
    expect(() => readZip(bytes, fail, 119_999)).toThrow(
      new FormatError(
        "test: the entries of the archive take more than 119999 bytes inflated, the limit; option maxBytes raises it",
      ),
    );
    // The default allows 256 MiB: 140 entries that say 2 MB each, of as many bytes as that could come from, are too many.
    const data = Uint8Array.from({ length: 4000 }, (_, i) => (i * i) >> 4);
    const lying = Array.from({ length: 140 }, (_, i) => ({ name: `${i}`, method: 8, size: 2_000_000, data }));
    expect(() => readZip(archive(lying), fail)).toThrow(/take more than 268435456 bytes inflated/);
  });

  test("every truncation and every flipped bit: entries or a FormatError", () => {
    const bytes = archive([{ name: "a" }, { name: "b", data: text, method: 8 }]);
    for (let at = 0; at < bytes.length; at++) {
      expect(() => readZip(bytes.subarray(0, at), fail)).toThrow(FormatError);
      for (let bit = 0; bit < 8; bit++)
        try {
          contents(bytes.with(at, bytes[at]! ^ (1 << bit)));
        } catch (error) {
          if (!(error instanceof FormatError)) throw error;
        }
    }
  });
});

describe("writing", () => {
  const entries = [
    ["é/data", text],
    ["empty", new Uint8Array()],
    ["b", Uint8Array.of(5)],
  ] as const;

  test("is read again, its data aligned", () => {
    for (const align of [1, 16, 64, 4096]) {
      const bytes = writeZip(entries, { align });
      expect(contents(bytes)).toEqual(entries.map(([name, data]) => [name, data.length, [...data]]));
      for (const { read } of readZip(bytes, fail).values()) expect(read().byteOffset % align).toBe(0);
    }
    for (const { read } of readZip(writeZip(entries), fail).values()) expect(read().byteOffset % 64).toBe(0);
    expect(contents(writeZip([]))).toEqual([]);
  });

  test("is what PyTorch's writer would pad: FB, a length, then Z", () => {
    const bytes = writeZip([["a", Uint8Array.of(1)]]);
    expect([...bytes.subarray(28, 37)]).toEqual([33, 0, ...ascii("aFB"), 29, 0, ...ascii("ZZ")]);
    expect(bytes[64]).toBe(1);
  });

  test("is the same at any time: 1980-01-01", () => {
    const bytes = writeZip(entries);
    expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
  });

  test("refused: names twice, names too long, archives too large for the format", () => {
    const none = new Uint8Array();
    expect(() =>
      writeZip([
        ["a", none],
        ["a", none],
      ]),
    ).toThrow(new OptionError('writeZip: two entries have the name "a"'));
    expect(() => writeZip([["n".repeat(65536), none]])).toThrow(
      new FormatError("writeZip: a name of 65536 bytes is longer than 65535"),
    );
    const gigabyte = new Uint8Array(2 ** 30); // of zeros that are never touched: the size is checked before the checksums
    expect(() => writeZip(["a", "b", "c", "d"].map((name) => [name, gigabyte] as const))).toThrow(
      new FormatError(
        "writeZip: an archive of 4 entries and 4294967762 bytes is too large; the format ends at 65534 and 4294967294",
      ),
    );
    const many = Array.from({ length: 65535 }, (_, i) => [`${i}`, none] as const);
    expect(() => writeZip(many)).toThrow(/^writeZip: an archive of 65535 entries and \d+ bytes is too large/);
  });
});
