import { readFileSync } from "node:fs";
import { DTypeError, FormatError, OptionError, OptionTypeError, type Tensor, tensor } from "atrous";
import { fileDType, readNpy, readNpz, readSafetensors, writeNpy, writeNpz } from "atrous/io";
import { describe, expect, test } from "vitest";
import { encode } from "../../src/io/bytes/elements.ts";
import { writeZip } from "../../src/io/zip/write.ts";

const fixture = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(new URL(`fixtures/numpy/${name}`, import.meta.url)));

interface Fixture {
  name: string;
  npy: string;
  dtype: string;
  shape: number[];
  numbers?: (number | string)[];
}
const lines = new TextDecoder().decode(fixture("arrays.jsonl")).trim().split("\n");
const fixtures = lines.map((line) => JSON.parse(line) as Fixture);
const npy = (name: string): Uint8Array =>
  Uint8Array.from(Buffer.from(fixtures.find((each) => each.name === name)!.npy, "hex"));

const numbers = (array: Tensor): (number | string)[] =>
  Array.from(array.dataSync() as Iterable<number | bigint>, (x) =>
    array.dtype.startsWith("int") ? `${x}` : Number(x),
  );

/** An .npy file with any header. */
function file(header: string, data: readonly number[] = [], version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length, ...text, ...data]);
}
const dict = (descr: string, shape = "(1,)", order = "False") =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe("what NumPy wrote", () => {
  test.each(fixtures.filter(({ numbers: known }) => known))("$name", ({ npy: hex, dtype, shape, numbers: known }) => {
    const read = readNpy(Uint8Array.from(Buffer.from(hex, "hex")));
    expect(read.shape).toEqual(shape);
    expect(numbers(read)).toEqual(known);
    expect(fileDType(read)).toBe(dtype);
  });

  test("is written again byte for byte, where the order of bytes and axes is ours", () => {
    const ours = fixtures.filter(({ name, numbers: known }) => known && !/^(big|fortran)/.test(name));
    expect(ours.length).toBe(15);
    for (const { name } of ours) expect(writeNpy(readNpy(npy(name))), name).toEqual(npy(name));
  });

  test("versions 2 and 3 differ in the header alone", () => {
    for (const name of ["version2", "version3"])
      expect(numbers(readNpy(npy(name)))).toEqual(numbers(readNpy(npy("c_f4"))));
  });

  test("headers of Python 2, lists, other quotes and spaces, no order mark", () => {
    const four = [0, 0, 128, 63];
    for (const header of [
      dict("'<f4'", "(1L, 1L)"),
      dict("'f4'", "[1]"),
      dict("'=f4'", "(1)").replace("(1)", "( 1 , )"),
      ` { "shape" : () , "descr" : '|f4' , 'fortran_order' : True }\n`,
    ])
      expect(readNpy(file(header, four)).dataSync()).toEqual(new Float32Array([1]));
    expect(readNpy(file(dict("'?'", "(2,)"), [0, 2])).toArray()).toEqual([0, 1]);
  });

  test("a view into a larger buffer is read at any offset, and without a copy where it is aligned", () => {
    const bytes = npy("c_f4");
    for (const shift of [1, 4]) {
      const larger = new Uint8Array(bytes.length + shift);
      larger.set(bytes, shift);
      const read = readNpy(larger.subarray(shift));
      larger.set([0, 0, 0, 64], shift + 128); // the first number becomes 2
      expect(read.dataSync()[0]).toBe(shift === 4 ? 2 : -1);
    }
  });

  const archived = { c_f4: "c_f4", "a/b é.weight": "f2", "10": "scalar", "1": "fortran_i8" };
  test.each(["stored.npz", "compressed.npz"])("%s: names and order are kept", (name) => {
    const arrays = readNpz(fixture(name));
    const compressed = name === "compressed.npz";
    expect([...arrays.keys()]).toEqual(["c_f4", "a/b é.weight", "10", "1", ...(compressed ? ["zeros"] : [])]);
    for (const [key, source] of Object.entries(archived))
      expect(numbers(arrays.get(key)!)).toEqual(numbers(readNpy(npy(source))));
    if (compressed) expect(arrays.get("zeros")!.dataSync()).toEqual(new Float32Array(2000));
  });
});

describe("writing", () => {
  test("an archive, read again: order, names and element types", () => {
    const half = readNpy(npy("f2"));
    const given = new Map([
      ["w/é", tensor([[1, 2]], { dtype: "float64" })],
      ["10", half],
      ["1", tensor([3], { dtype: "int64" })],
    ]);
    const bytes = writeNpz(given);
    const read = readNpz(bytes);
    expect([...read.keys()]).toEqual([...given.keys()]);
    expect(Array.from(read.values(), fileDType)).toEqual(["float64", "float16", "int64"]);
    for (const [name, array] of given) expect(numbers(read.get(name)!)).toEqual(numbers(array));
    expect(writeNpz({ x: half })).toEqual(writeNpz(new Map([["x", half]])));
  });

  test("bfloat16 and float8, which NumPy has not, become float32", () => {
    const header =
      '{"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"f":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[2,3]}}';
    const bytes = new Uint8Array([
      header.length,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      ...new TextEncoder().encode(header),
      0x80,
      0x3f,
      0x38,
    ]);
    for (const array of readSafetensors(bytes).values()) {
      const read = readNpy(writeNpy(array));
      expect([fileDType(read), read.toArray()]).toEqual(["float32", [1]]);
    }
  });

  test("computes what is not computed yet", () => {
    expect(readNpy(writeNpy(tensor([1, 2]).mul(2))).toArray()).toEqual([2, 4]);
  });
});

describe("refused", () => {
  const known = "known are f8, f4, f2, i8, u8, i4, u4, i2, u2, i1, u1, b1";
  test.each([
    ["object", `descr "|O" is not read here (Python objects, which are pickled); ${known}`],
    ["complex", `descr "<c8" is not read here (complex numbers); ${known}`],
    ["string", `descr "<U2" is not read here (strings); ${known}`],
    ["bytes", `descr "|S2" is not read here (byte strings); ${known}`],
    ["date", `descr "<M8[D]" is not read here (dates); ${known}`],
    ["span", `descr "<m8[s]" is not read here (spans of time); ${known}`],
    ["void", `descr "|V2" is not read here (raw bytes); ${known}`],
    ["longdouble", `descr "<f16" is not read here (floats of a size that only some machines have); ${known}`],
    ["structured", "the array is structured, with several fields in each element, which is not read here"],
    ["u8_too_large", "a uint64 is larger than 2^63 − 1, the largest int64"],
  ])("%s", (name, message) => {
    expect(() => readNpy(npy(name))).toThrow(new FormatError(`readNpy: ${message}`));
  });

  const one = [0, 0, 128, 63];
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "the file is not an .npy file: it does not begin with \\x93NUMPY"],
    ["version 4", file(dict("'<f4'"), one, 4), "version 4.0 is not read here; known are 1.0, 2.0 and 3.0"],
    [
      "a header beyond the file",
      file(dict("'<f4'")).subarray(0, 40),
      "the header should have 57 bytes, but 30 are left in the file",
    ],
    [
      "a header too long",
      file(" ".repeat(65536) + dict("'<f4'"), one, 2).with(10, 1),
      "the header has 65593 bytes; only those of structured arrays need more than 65535",
    ],
    ["no dict", file("(1, 2)  "), 'the header is not a dict of descr, fortran_order and shape, but of ""'],
    [
      "a key missing",
      file("{'descr': '<f4', 'shape': (1,)}", one),
      'the header is not a dict of descr, fortran_order and shape, but of "descr, shape"',
    ],
    ["a duplicate key", file("{'shape': (1,), 'shape': (2,)}"), 'the header has a duplicate key "shape"'],
    [
      "an expression",
      file(dict("'<f4'", "(1+1,)")),
      "the header has something else than a Python literal at character 52",
    ],
    ["a call", file(dict("__import__('os')")), 'the header has an unexpected "__import__"'],
    ["an unclosed tuple", file("{'shape': (1, "), "the header ends early"],
    ["two dicts", file("{} {}      "), 'the header has an unexpected "{"'],
    ["commas alone", file("{'shape': (,)}"), 'the header has an unexpected ","'],
    ["missing commas", file("{'shape': (1 2)}"), "the header has an unexpected 2"],
    ["nesting", file(dict("[".repeat(60000))), "the header is nested deeper than 16 levels"],
    ["an order of 1", file(dict("'<f4'", "(1,)", "1"), one), "fortran_order is neither True nor False"],
    [
      "a negative length",
      file(dict("'<f4'", "(-1,)"), one),
      "shape is not a tuple of at most 64 non-negative integers",
    ],
    ["a length of −0", file(dict("'<f4'", "(-0,)"), []), "shape is not a tuple of at most 64 non-negative integers"],
    [
      "65 axes",
      file(dict("'<f4'", `(${"1,".repeat(65)})`), one),
      "shape is not a tuple of at most 64 non-negative integers",
    ],
    [
      "a shape too large",
      file(dict("'<f4'", "(4000000000, 4000000000)"), one),
      "shape [4000000000, 4000000000] has more elements than can be counted",
    ],
    [
      "a shape of 4 GB",
      file(dict("'<f4'", "(1000000000,)"), one),
      "shape [1000000000] of float32 takes 4000000000 bytes, but 4 are left in the file",
    ],
    [
      "two arrays",
      file(dict("'<f4'"), [...one, ...one]),
      "shape [1] of float32 takes 4 bytes, but 8 are left in the file",
    ],
    ["a descr of None", file(dict("None"), one), "descr is not the name of an element type"],
    ["a descr of Object", file(dict("'constructor'"), one), `descr "constructor" is not read here; ${known}`],
    ["no UTF-8", file(dict("'<f4'"), one).with(20, 0xff), "the header is not UTF-8"],
  ])("%s", (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(new FormatError(`readNpy: ${message}`));
  });

  test("in archives: what is not an array, by its name, and folders are passed over", () => {
    expect(() => readNpz(writeZip([["a.txt", new Uint8Array(1)]]))).toThrow(
      new FormatError('readNpz: entry "a.txt" is not an array: its name does not end in .npy'),
    );
    expect(() => readNpz(writeZip([["a.npy", npy("object")]]))).toThrow(/^readNpz: entry "a.npy": descr "|O"/);
    expect([
      ...readNpz(
        writeZip([
          ["d/", new Uint8Array()],
          ["d/a.npy", npy("f2")],
        ]),
      ).keys(),
    ]).toEqual(["d/a"]);
    expect(() => readNpz(fixture("compressed.npz"), { maxBytes: 5000 })).toThrow(
      new FormatError(
        "readNpz: the entries of the archive take more than 5000 bytes inflated, the limit; option maxBytes raises it",
      ),
    );
  });

  test("arguments", () => {
    expect(() => readNpy("a.npy" as never)).toThrow(new FormatError('readNpy: expected a Uint8Array, got "a.npy"'));
    expect(() => writeNpy([1] as never)).toThrow(new DTypeError("writeNpy: expected a tensor, got [1]"));
    expect(() => writeNpz([] as never)).toThrow(
      new OptionTypeError("writeNpz: expected a Map or an object of tensors, got []"),
    );
    expect(() => readNpz(fixture("stored.npz"), { limit: 1 } as never)).toThrow(
      new OptionError('readNpz: unknown option "limit"; known options: maxBytes'),
    );
    for (const maxBytes of [-1, Number.NaN, "1" as never])
      expect(() => readNpz(fixture("stored.npz"), { maxBytes })).toThrow(OptionError);
  });

  test("every truncation and every flipped bit: a value or a FormatError", () => {
    for (const [read, bytes] of [
      [readNpy, npy("c_f4")],
      [readNpz, fixture("compressed.npz")],
      [readNpz, fixture("stored.npz")],
    ] as const)
      for (let length = 0; length < bytes.length; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(FormatError);
        for (let bit = 0; bit < 8; bit++) attempt(() => read(bytes.with(length, bytes[length]! ^ (1 << bit))));
      }
  });
});

function attempt(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

test("float16 is rounded to the nearest, ties to even, as NumPy does", () => {
  const bits = new Uint16Array(
    encode("float16", new Float32Array([0.1, 1 + 2 ** -11, 1 + 3 * 2 ** -11, 65520])).buffer,
  );
  expect([...bits]).toEqual([0x2e66, 0x3c00, 0x3c02, 0x7c00]);
});
