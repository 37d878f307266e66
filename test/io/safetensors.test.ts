import { AtrousError, FormatError, manualSeed, nn, OptionError, OptionTypeError, type Tensor, tensor } from "atrous";
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from "atrous/io";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** A file with any header, padded or not. */
function file(header: unknown, data: readonly number[] = []): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const plain = (tensors: ReadonlyMap<string, Tensor>) =>
  Array.from(tensors, ([name, t]) => [name, t.dtype, [...t.shape], [...t.dataSync()]]);

describe("round trips", () => {
  test("every dtype and shape, bit for bit", () => {
    const numbers = {
      float32: fc.float({ noNaN: false }),
      float64: fc.double(),
      int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    };
    const anyTensor = fc
      .record({
        dtype: fc.constantFrom("float32", "float64", "int32", "int64"),
        shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      })
      .chain(({ dtype, shape }) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const elements = fc.array(numbers[dtype] as fc.Arbitrary<number | bigint>, {
          minLength: size,
          maxLength: size,
        });
        return elements.map((values) => tensor(values, { dtype, shape }));
      });
    const names = fc.string({ unit: "grapheme" }).filter((name) => name !== "__metadata__");
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(names, anyTensor), { selector: ([name]) => name, maxLength: 4 }),
        (entries) => {
          const tensors = new Map(entries);
          const bytes = writeSafetensors(tensors, { metadata: { format: "pt" } });
          const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
          expect(plain(readSafetensors(bytes)).sort(byName)).toEqual(plain(tensors).sort(byName));
          expect(readSafetensorsMetadata(bytes)).toEqual({ format: "pt" });
          expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
        },
      ),
    );
  });

  test("a module's state dict, through the file, into another module", () => {
    manualSeed(1);
    const make = () =>
      new nn.Sequential(new nn.Conv1d(2, 3, 4), new nn.BatchNorm1d(3), new nn.ConvTranspose1d(3, 2, 4));
    const [a, b] = [make(), make()];
    b.loadStateDict(readSafetensors(writeSafetensors(a.stateDict())));
    expect(plain(b.stateDict())).toEqual(plain(a.stateDict()));
  });
});

describe("files of others", () => {
  test("a header that is not padded, and a view into a larger buffer", () => {
    const bytes = file({ x: { dtype: "F32", shape: [1], data_offsets: [0, 4] } }, [0, 0, 0x80, 0x3f]);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(readSafetensors(bytes).get("x")!.toArray()).toEqual([1]);
    expect(readSafetensors(shifted.subarray(3)).get("x")!.toArray()).toEqual([1]);
  });

  test("half precision is widened exactly: normal, subnormal, the largest, −0, infinity, NaN", () => {
    const halves = [0x3c00, 0x0001, 0x7bff, 0x8000, 0xfc00, 0x7e00].flatMap((h) => [h & 255, h >> 8]);
    const read = readSafetensors(file({ h: { dtype: "F16", shape: [6], data_offsets: [0, 12] } }, halves)).get("h")!;
    expect(read.dtype).toBe("float32");
    expect(read.toArray()).toEqual([1, 2 ** -24, 65504, -0, Number.NEGATIVE_INFINITY, Number.NaN]);
    const brains = [0x3f80, 0xc049, 0x0001].flatMap((h) => [h & 255, h >> 8]);
    const wide = readSafetensors(file({ b: { dtype: "BF16", shape: [3], data_offsets: [0, 6] } }, brains)).get("b")!;
    expect(wide.toArray()).toEqual([1, -3.140625, 2 ** -133]);
  });
});

describe("8-bit floats", () => {
  test("both kinds: 1, the largest, the smallest, −0, and what has no number", () => {
    const header = {
      e4m3: { dtype: "F8_E4M3", shape: [5], data_offsets: [0, 5] },
      e5m2: { dtype: "F8_E5M2", shape: [5], data_offsets: [5, 10] },
    };
    const read = readSafetensors(file(header, [0x38, 0x7e, 0x01, 0x80, 0x7f, 0x3c, 0x7b, 0x01, 0x80, 0xfc]));
    expect(plain(read)).toEqual([
      ["e4m3", "float32", [5], [1, 448, 2 ** -9, -0, Number.NaN]],
      ["e5m2", "float32", [5], [1, 57344, 2 ** -16, -0, Number.NEGATIVE_INFINITY]],
    ]);
  });
});

describe("element types of files", () => {
  const types = { F16: 2, BF16: 2, F8_E4M3: 1, F8_E5M2: 1, U64: 8, U32: 4, U16: 2, U8: 1, I16: 2, I8: 1, BOOL: 1 };
  test.each(Object.entries(types))("%s is written as it was read", (dtype, width) => {
    const data = Array.from({ length: 2 * width }, (_, i) => (i === 0 ? 1 : 0));
    const bytes = file(JSON.stringify({ x: { dtype, shape: [2], data_offsets: [0, 2 * width] } }).padEnd(64), data);
    const again = writeSafetensors(readSafetensors(bytes));
    expect([...again.subarray(-2 * width)]).toEqual(data);
    expect(new TextDecoder().decode(again)).toContain(`"dtype":"${dtype}"`);
  });

  test("the given order is kept, unless a number would not be aligned: then wide ones come first", () => {
    const entry = (dtype: string, start: number, end: number) => ({ dtype, shape: [1], data_offsets: [start, end] });
    const header = { b: entry("I8", 0, 1), h: entry("F16", 1, 3), c: entry("U8", 3, 4) };
    const small = readSafetensors(file(header, [1, 0, 60, 2]));
    const [wide, narrow] = [tensor([1], { dtype: "float64" }), tensor([1, 2])];
    const orders = (...names: string[]) => {
      const all: Record<string, Tensor> = { ...Object.fromEntries(small), wide, narrow };
      const bytes = writeSafetensors(new Map(names.map((name) => [name, all[name]!])));
      for (const [name, tensor] of readSafetensors(bytes)) expect(tensor.toArray(), name).toEqual(all[name]!.toArray());
      return [...readSafetensors(bytes).keys()];
    };
    expect(orders("narrow", "wide", "h", "c")).toEqual(["narrow", "wide", "h", "c"]);
    expect(orders("b", "c", "h", "narrow")).toEqual(["b", "c", "h", "narrow"]);
    expect(orders("b", "narrow", "h", "c")).toEqual(["narrow", "h", "b", "c"]);
    expect(orders("c", "b", "wide", "h", "narrow")).toEqual(["wide", "narrow", "h", "c", "b"]);
    expect(orders("c", "b")).toEqual(["c", "b"]);
  });
});

test("what needs no conversion is a view of the file, where that is aligned", () => {
  for (const [padding, shared] of [
    [0, true],
    [1, false],
    [4, true],
  ] as const) {
    const header = '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const bytes = file(header.padEnd(64 + padding), [0, 0, 128, 63]);
    const read = readSafetensors(bytes).get("x")!;
    bytes.set([0, 0, 0, 64], bytes.length - 4);
    expect(read.toArray()).toEqual([shared ? 2 : 1]);
  }
});

test("numbers may be written as R's jsonlite does, names may be integers: the order is the file's", () => {
  const text =
    '{"10":{"dtype":"U8","shape":[1e+05],"data_offsets":[0,1e+05]},"9":{"dtype":"U8","shape":[0],"data_offsets":[1e5,100000]}}';
  const read = readSafetensors(
    file(
      text,
      Array.from({ length: 100_000 }, () => 7),
    ),
  );
  expect(Array.from(read, ([name, { shape }]) => [name, shape])).toEqual([
    ["10", [100_000]],
    ["9", [0]],
  ]);
  expect(() => readSafetensors(file(text.replace("[1e+05]", "[1.5]")))).toThrow(
    "its shape is not a list of non-negative integers",
  );
});

test("bytes in shared memory are copied first", () => {
  const bytes = writeSafetensors({ x: tensor([1, 2]) });
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  const { x } = Object.fromEntries(readSafetensors(shared));
  shared.fill(0);
  expect(x!.toArray()).toEqual([1, 2]);
});

describe("small integers", () => {
  test("arrive as int32: both ends of U8, I8, U16, I16, and booleans", () => {
    const header = {
      u8: { dtype: "U8", shape: [2], data_offsets: [0, 2] },
      i8: { dtype: "I8", shape: [2], data_offsets: [2, 4] },
      u16: { dtype: "U16", shape: [2], data_offsets: [4, 8] },
      i16: { dtype: "I16", shape: [2], data_offsets: [8, 12] },
      bool: { dtype: "BOOL", shape: [2, 1], data_offsets: [12, 14] },
    };
    const read = readSafetensors(file(header, [7, 255, 127, 128, 2, 1, 255, 255, 255, 127, 0, 128, 0, 1]));
    expect(plain(read)).toEqual([
      ["u8", "int32", [2], [7, 255]],
      ["i8", "int32", [2], [127, -128]],
      ["u16", "int32", [2], [258, 65535]],
      ["i16", "int32", [2], [32767, -32768]],
      ["bool", "int32", [2, 1], [0, 1]],
    ]);
  });

  test("unsigned ones of 32 and 64 bits arrive as int64, which ends before U64 does", () => {
    const header = {
      u32: { dtype: "U32", shape: [2], data_offsets: [0, 8] },
      u64: { dtype: "U64", shape: [1], data_offsets: [8, 16] },
    };
    const data = [1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127];
    expect(plain(readSafetensors(file(header, data)))).toEqual([
      ["u32", "int64", [2], [1n, 2n ** 32n - 1n]],
      ["u64", "int64", [1], [2n ** 63n - 1n]],
    ]);
    expect(() => readSafetensors(file(header, data.with(15, 128)))).toThrow(
      new FormatError('safetensors: tensor "u64": a uint64 is larger than 2^63 − 1, the largest int64'),
    );
  });

  test.each(["C64", "F4", "F6_E2M3", "F6_E3M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "f32"])(
    "%s does not fit and is refused",
    (dtype) => {
      const bytes = file({ x: { dtype, shape: [0], data_offsets: [0, 0] } });
      expect(() => readSafetensors(bytes)).toThrow(
        new FormatError(
          `safetensors: tensor "x": dtype "${dtype}" is not read here; known are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, F8_E4M3, F8_E5M2`,
        ),
      );
    },
  );

  test("the serialised object of R torch is left out, a tensor that only has its name is not", () => {
    const entries = {
      weight: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
      __robj__: { dtype: "U8", shape: [3], data_offsets: [4, 7] },
    };
    const data = [0, 0, 0x80, 0x3f, 88, 10, 0];
    const ofR = file({ __metadata__: { __r__: '{"type":"module","version":3}' }, ...entries }, data);
    expect(plain(readSafetensors(ofR))).toEqual([["weight", "float32", [1], [1]]]);
    expect([...readSafetensors(file(entries, data)).keys()]).toEqual(["weight", "__robj__"]);
  });
});

/** As `torch_save` of R torch 0.12 and later writes: list order, no padding, `__metadata__` first. */
describe("files of R torch", () => {
  const one = [0, 0, 128, 63];
  const ofR = (type: string, entries: string, data: readonly number[]) =>
    file(
      `{"__metadata__":{"__r__":"{\\"type\\":\\"${type}\\",\\"version\\":3,\\"requires_grad\\":{}}"},${entries}}`,
      data,
    );

  test("a tensor alone", () => {
    const bytes = ofR("tensor", '"...unnamed...":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}', one);
    expect(bytes.length % 8).not.toBe(0);
    expect(plain(readSafetensors(bytes))).toEqual([["...unnamed...", "float32", [1], [1]]]);
    expect(readSafetensorsMetadata(bytes)).toEqual({ __r__: '{"type":"tensor","version":3,"requires_grad":{}}' });
  });

  test("a module: without its R object, whose length leaves the rest unaligned", () => {
    const entries =
      '"__robj__":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"conv.weight":{"dtype":"F32","shape":[1,1,1],"data_offsets":[3,7]},"steps":{"dtype":"I64","shape":[],"data_offsets":[7,15]}';
    expect(plain(readSafetensors(ofR("module", entries, [88, 10, 0, ...one, 9, 0, 0, 0, 0, 0, 0, 0])))).toEqual([
      ["conv.weight", "float32", [1, 1, 1], [1]],
      ["steps", "int64", [], [9n]],
    ]);
  });

  test("a list, whose names are addresses: in the order of the file", () => {
    const addresses = ["0x5581f0a2", "0x5581e001", "94012", "120"];
    const entries = addresses.map((name, i) => `"${name}":{"dtype":"U8","shape":[1],"data_offsets":[${i},${i + 1}]}`);
    expect([...readSafetensors(ofR("list", entries.join(), [1, 2, 3, 4])).keys()]).toEqual(addresses);
  });
});

describe("written for R", () => {
  test("has the mark that torch_load looks for, beside other metadata; one that is there stays", () => {
    const metadata = (options: object) => readSafetensorsMetadata(writeSafetensors({ x: tensor([1]) }, options));
    expect(metadata({})).toEqual({});
    expect(metadata({ forR: true })).toEqual({ __r__: "{}" });
    expect(metadata({ forR: true, metadata: { format: "pt" } })).toEqual({ __r__: "{}", format: "pt" });
    expect(metadata({ forR: true, metadata: { __r__: '{"type":"list"}' } })).toEqual({ __r__: '{"type":"list"}' });
  });

  test("refuses the name of an R object, which would not be read again", () => {
    expect(() => writeSafetensors({ __robj__: tensor([1]) }, { forR: true })).toThrow(
      new FormatError('writeSafetensors: "__robj__" cannot be the name of a tensor in a file for R'),
    );
    expect([...readSafetensors(writeSafetensors({ __robj__: tensor([1]) })).keys()]).toEqual(["__robj__"]);
  });
});

describe("hostile files", () => {
  const good = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
  const four = [0, 0, 0, 0];
  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(), "safetensors: the file has 0 bytes, its header length alone takes 8"],
    [
      "a header length beyond the file",
      new Uint8Array([255, 255, 255, 255, 255, 255, 255, 127]),
      "safetensors: the header should have 9223372036854775807 bytes, but 0 are left in the file",
    ],
    ["no JSON", file("{"), "safetensors: the header is not JSON"],
    ["no UTF-8", file("{}").with(9, 0xff), "safetensors: the header is not JSON: it is not UTF-8"],
    ["a BOM", file("\ufeff{}"), 'safetensors: the header is not JSON: unexpected "\ufeff", at character 0'],
    [
      "a tensor twice",
      file('{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
      'safetensors: the header has a duplicate key "x"',
    ],
    [
      "a shape twice",
      file('{"x":{"dtype":"U8","shape":[0],"shape":[1],"data_offsets":[0,0]}}'),
      'safetensors: the header has a duplicate key "shape"',
    ],
    ["nesting", file("[".repeat(100_000)), "safetensors: the header is JSON nested deeper than 64 levels"],
    [
      "a shape beyond counting",
      file({ x: { ...good, shape: [2 ** 40, 2 ** 40] } }, four),
      'safetensors: tensor "x": shape [1099511627776, 1099511627776] has more elements than can be counted',
    ],
    ["an array", file([]), "safetensors: the header is not a JSON object"],
    ["no entry", file({ x: 1 }), 'safetensors: tensor "x": its header entry is not an object'],
    [
      "a dtype unheard of",
      file({ x: { ...good, dtype: "F4" } }, four),
      'safetensors: tensor "x": dtype "F4" is not read here; known are F64, F32, F16, BF16, I64, I32',
    ],
    ["a dtype of Object", file({ x: { ...good, dtype: "constructor" } }, four), 'dtype "constructor" is not read here'],
    [
      "a negative length",
      file({ x: { ...good, shape: [-1] } }, four),
      "its shape is not a list of non-negative integers",
    ],
    [
      "a million axes",
      file({ x: { ...good, shape: new Array(1_000_000).fill(1) } }, four),
      "its shape has 1000000 axes; 64 are the most that is read",
    ],
    [
      "half a surrogate pair, which JSON can say and UTF-8 cannot",
      file('{"a\\ud83d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      'tensor "a\\ud83d": its name has half a surrogate pair',
    ],
    [
      "a length of −0",
      file('{"x":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'),
      "its shape is not a list of non-negative integers",
    ],
    [
      "a shape too large",
      file({ x: { ...good, shape: [2 ** 40] } }, four),
      "takes 4398046511104 bytes, its data_offsets span 4",
    ],
    [
      "offsets backwards",
      file({ x: { ...good, data_offsets: [4, 0] } }, four),
      "its data_offsets are not [start, end]",
    ],
    ["offsets beyond", file({ x: { ...good, data_offsets: [4, 8] } }, four), "it ends at byte 8 of 4 bytes of data"],
    ["an overlap", file({ x: good, y: good }, four), 'safetensors: tensors "x" and "y" overlap at byte 0'],
    [
      "a hole in front",
      file({ x: { ...good, data_offsets: [4, 8] } }, [...four, ...four]),
      "bytes 0..3 of the data belong to no tensor",
    ],
    [
      "a hole between",
      file({ x: good, y: { ...good, data_offsets: [8, 12] } }, [...four, ...four, ...four]),
      "bytes 4..7 of the data belong to no tensor",
    ],
    ["data at the end", file({ x: good }, [...four, 1]), "bytes 4..4 of the data belong to no tensor"],
    ["data of nobody", file({}, four), "bytes 0..3 of the data belong to no tensor"],
    ["metadata of numbers", file({ __metadata__: { a: 1 } }), "__metadata__ must map strings to strings"],
  ])("%s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(FormatError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test("every truncation and every flipped bit of a small file: a value or a FormatError", () => {
    const bytes = writeSafetensors(new Map([["w", tensor([[1, 2], [3, 4]])], ["n", tensor([5], { dtype: "int64" })]])); // biome-ignore format: one line
    const attempt = (damaged: Uint8Array) => {
      try {
        readSafetensors(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    };
    for (let length = 0; length < bytes.length; length++) {
      expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(FormatError);
      for (let bit = 0; bit < 8; bit++) attempt(bytes.with(length, bytes[length]! ^ (1 << bit)));
    }
  });
});

test("an object of tensors is written as a map of them", () => {
  const [w, b] = [tensor([[1, 2]]), tensor([3], { dtype: "float64" })];
  expect(writeSafetensors({ w, b })).toEqual(writeSafetensors(new Map([["w", w], ["b", b]]))); // biome-ignore format: one line
});

test("what cannot be written", () => {
  for (const given of [null, [], "w", tensor([1])])
    expect(() => writeSafetensors(given as never)).toThrow(
      /^writeSafetensors: expected a Map or an object of tensors, got /,
    );
  for (const metadata of [{ epoch: 3 }, new Map([["a", "b"]]), ["a"], "text", null])
    expect(() => writeSafetensors(new Map(), { metadata: metadata as never })).toThrow(
      new OptionTypeError("writeSafetensors: metadata must be an object that maps strings to strings"),
    );
  expect(() => writeSafetensors(new Map(), { format: "pt" } as never)).toThrow(
    new OptionError('writeSafetensors: unknown option "format"; known options: metadata, forR'),
  );
  expect(() => writeSafetensors(new Map(), { forR: 1 as never })).toThrow(OptionTypeError);
  expect(() => writeSafetensors(new Map([["__metadata__", tensor([1])]]))).toThrow(FormatError);
  expect(() => writeSafetensors(new Map([["x", [1] as never]]))).toThrow(AtrousError);
});
