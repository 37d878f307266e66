/** Pickles written by hand: what they ask for must be refused in a sentence, and cost nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { FormatError, type Tensor, tensor } from "atrous";
import { fileDType, readTorch, type TorchValue, writeNpz } from "atrous/io";
import { describe, expect, test, vi } from "vitest";
import { crc32 } from "../../src/io/bytes/crc32.ts";
import { failing } from "../../src/io/bytes/fail.ts";
import { readZip } from "../../src/io/zip/read.ts";
import { writeZip } from "../../src/io/zip/write.ts";
import {
  archive,
  bytesLE,
  bytesOf,
  call,
  global,
  int,
  ints,
  layout,
  pickle,
  rebuild,
  storage,
  text,
  tuple,
} from "./fixtures/torch/byHand.ts";

const folder = join(import.meta.dirname, "fixtures", "torch");
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));

const read = (code: string, data?: Record<string, readonly number[]>): TorchValue => readTorch(archive(code, data));
const refuses = (code: string, problem: string, data?: Record<string, readonly number[]>): void =>
  expect(() => read(code, data)).toThrow(new FormatError(`readTorch: ${problem}`));
const numbers = (value: TorchValue): unknown[] => [...(value as Tensor).dataSync()];

/** An archive of one compressed entry: that of a stored one, with a directory that says otherwise. */
function deflated(name: string, data: Uint8Array): Uint8Array {
  const packed = writeZip([[name, deflateRawSync(data)]]);
  const view = new DataView(packed.buffer);
  const directory = view.getUint32(packed.length - 6, true);
  view.setUint16(directory + 10, 8, true);
  view.setUint32(directory + 16, crc32(data), true);
  view.setUint32(directory + 24, data.length, true);
  return packed;
}

test("a tensor by hand, which everything below differs from in one thing", () => {
  expect(numbers(read(rebuild(storage())))).toEqual([1]);
});

describe("names that are no data", () => {
  test.each([
    ["os", "system"],
    ["posix", "system"],
    ["builtins", "eval"],
    ["builtins", "getattr"],
    ["builtins", "constructor"],
    ["torch.storage", "_load_from_bytes"],
    ["torch._utils", "_rebuild_device_tensor_from_numpy"],
    ["__proto__", "toString"],
  ])("%s.%s", (module, name) => {
    const problem = `the pickle asks for ${module}.${name}, which is no data; save the tensors without it`;
    refuses(global(module, name), problem);
    refuses(call(module, name, text("echo")), problem);
    refuses(`${text(module)}${text(name)}\x93`, problem);
  });

  test("Python 2 says __builtin__", () => {
    refuses(
      call("__builtin__", "eval", text("1")),
      "the pickle asks for builtins.eval, which is no data; save the tensors without it",
    );
    expect(read(call("__builtin__", "set", `]${int(1)}a`))).toEqual(new Set([1]));
  });

  test("a name of megabytes is not repeated", () => {
    const name = "x".repeat(1_000_000);
    refuses(
      global("os", name),
      `the pickle asks for os.${"x".repeat(117)}…, which is no data; save the tensors without it`,
    );
  });

  test.each([
    ["module.pt", "torch.nn.modules.conv.Conv1d, which is no data; of a whole module, save its state_dict()"],
    ["complex.pt", "torch.ComplexFloatStorage: complex numbers are not read here"],
    ["sparse.pt", "torch._utils._rebuild_sparse_tensor: sparse tensors are not read here"],
    ["quantised.pt", "torch._utils._rebuild_qtensor: quantised tensors are not read here"],
  ])("%s", (name, problem) => {
    expect(() => readTorch(file(name))).toThrow(new FormatError(`readTorch: the pickle asks for ${problem}`));
  });

  test("nothing but our own constructors is called, given attributes, or left as a value", () => {
    refuses(`${text("os.system")})R`, 'the pickle calls "os.system"');
    refuses(`${global("torch", "float32")})R`, 'the pickle calls "float32"');
    refuses(`${global("torch", "FloatStorage")})\x81`, "the pickle calls torch.FloatStorage");
    refuses(`${global("collections", "OrderedDict")}NR`, "the pickle calls collections.OrderedDict with null");
    refuses("]}b", "the pickle gives attributes to a list or tuple of 0, which has none");
    refuses(`]${global("collections", "OrderedDict")}a`, "the file holds collections.OrderedDict, which is no data");
    refuses(storage(), "the file holds a storage without a tensor, which is no data");
  });

  test("attributes of an OrderedDict are left out, also hostile ones", () => {
    const state = `}${text("__proto__")}${text("x")}s${text("get")}${text("y")}s`;
    const value = read(`${call("collections", "OrderedDict")}${state}b`) as Map<string, unknown>;
    expect(value).toEqual(new Map());
    expect(Object.getOwnPropertyNames(value)).toEqual([]);
    expect(Object.getPrototypeOf(value)).toBe(Map.prototype);
  });

  test("attributes of a Namespace are entries, whatever their names", () => {
    const state = `}${text("__proto__")}${text("x")}s`;
    expect(read(`${global("argparse", "Namespace")})\x81${state}b`)).toEqual(new Map([["__proto__", "x"]]));
  });
});

describe("tensors that are not in their storage", () => {
  const of = (view: string[]): string => rebuild(storage(), view);

  test("a stride of 0 makes any size out of one number, within the budget", () => {
    expect(numbers(read(of(layout(0, [2, 3], [0, 0]))))).toEqual([1, 1, 1, 1, 1, 1]);
    const limit = "the file unfolds to more than 1048576 bytes, the limit; option maxBytes raises it";
    refuses(of(layout(0, [1e9], [0])), limit);
    // Together, too: forty of a thousandth part of a gigabyte each.
    refuses(`(${of(layout(0, [1 << 16], [0])).repeat(40)}t`, limit);
    refuses(
      of(layout(0, [2 ** 27, 2 ** 27], [0, 0])),
      "shape [134217728, 134217728] has more elements than can be counted",
    );
  });

  test.each([
    [layout(0, [2], [1]), "shape [2], strides [1] and offset 0 reaches to element 1"],
    [layout(1, [1], [1]), "shape [1], strides [1] and offset 1 reaches to element 1"],
    [
      layout(2 ** 53 - 1, [], []),
      "shape [], strides [] and offset 9007199254740991 reaches to element 9007199254740991",
    ],
    [layout(0, [2, 2], [0, 5]), "shape [2, 2], strides [0, 5] and offset 0 reaches to element 5"],
  ])("case %#", (view, problem) => {
    refuses(of(view), `a tensor of ${problem} of a storage of 1 float32`);
  });

  test("negative and broken numbers", () => {
    refuses(of(layout(0, [2], [-1])), "the strides of a tensor should be non-negative integers, but one is -1");
    refuses(of(layout(0, [-2], [1])), "the shape of a tensor should be non-negative integers, but one is -2");
    refuses(of(layout(-1, [1], [1])), "a tensor begins at element -1 of its storage");
    refuses(
      of([int(0), tuple(text("3")), ints([1])]),
      'the shape of a tensor should be non-negative integers, but one is "3"',
    );
    refuses(of([int(0), ints([1]), ints([])]), "a tensor has 1 lengths and 0 strides, which should be as many");
    refuses(of([int(0), "N", ints([1])]), "the shape of a tensor should be a list or tuple, but is null");
    refuses(
      of([int(0), tuple(`\x8a\x10${"\x7f".repeat(16)}`), ints([1])]),
      "the shape of a tensor should be non-negative integers, but one is 169473963133173273960190490760135540607n",
    );
  });

  test("an empty tensor is nowhere, so that may be anywhere", () => {
    expect((read(of(layout(9, [0, 2 ** 50], [7, 7]))) as Tensor).shape).toEqual([0, 2 ** 50]);
  });
});

describe("storages", () => {
  test("that are missing, too short, or of two types", () => {
    refuses(rebuild(storage("FloatStorage", { key: "1" })), 'the archive has no entry for storage "1"');
    refuses(rebuild(storage("FloatStorage", { key: "../0" })), 'the archive has no entry for storage "../0"');
    refuses(rebuild(storage("FloatStorage", { numel: 2 })), 'storage "0" should have 8 bytes, but has 4');
    refuses(
      rebuild(storage("FloatStorage", { numel: 2 ** 53 - 1 })),
      'storage "0" should have 36028797018963964 bytes, but has 4',
    );
    refuses(rebuild(storage("FloatStorage", { numel: -1 })), 'storage "0" has -1 elements');
    refuses(tuple(rebuild(storage()), rebuild(storage("IntStorage"))), 'storage "0" is of float32 and of int32');
    refuses(rebuild("N"), "a tensor should view a storage, but has null");
    refuses(`${tuple(text("module"))}Q`, 'the pickle refers to "module" outside it, which is no storage');
    refuses(
      `${tuple(text("storage"), text("FloatStorage"), text("0"), text("cpu"), int(1))}Q`,
      'a storage is of type "FloatStorage"',
    );
  });

  const typed = (dtype: string, shape: readonly number[], numel: number): string =>
    call(
      "torch._utils",
      "_rebuild_tensor_v3",
      storage("UntypedStorage", { numel, room: "torch.storage" }),
      ...layout(0, shape, [1]),
      "\x89",
      call("collections", "OrderedDict"),
      global("torch", dtype),
    );

  test.each([
    ["uint16", [255, 255, 1, 0], [65535, 1]],
    ["uint32", [255, 255, 255, 255, 2, 0, 0, 0], [4294967295n, 2n]],
    ["uint64", [9, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0], [9n, 1n]],
    ["float8_e4m3fn", [0x38, 0x7e], [1, 448]],
    ["float8_e5m2", [0x3c, 0xfc], [1, Number.NEGATIVE_INFINITY]],
    ["float32", [0, 0, 128, 63, 0, 0, 0, 64], [1, 2]],
  ])("without a type, seen as %s, as PyTorch 2 writes it", (dtype, data, expected) => {
    const value = read(typed(dtype, [2], data.length), { 0: data }) as Tensor;
    expect([fileDType(value), numbers(value)]).toEqual([dtype, expected]);
  });

  test("without a type, seen as nothing, or as what is not here", () => {
    refuses(typed("complex64", [1], 4), 'a tensor is of dtype "complex64", not read here');
    refuses(
      rebuild(storage("UntypedStorage", { numel: 4 })),
      "a tensor views a storage of no type, and has none itself",
    );
    const data = { 0: [0, 0, 0, 0, 0, 0, 0, 128] };
    refuses(typed("uint64", [1], 8), "a uint64 is larger than 2^63 − 1, the largest int64", data);
  });

  test("of big-endian machines", () => {
    const bytes = (order: string) =>
      writeZip([
        ["x/data.pkl", pickle(rebuild(storage("FloatStorage", { numel: 2 }), layout(0, [2], [1])))],
        ["x/byteorder", bytesOf(order)],
        ["x/data/0", Uint8Array.of(63, 128, 0, 0, 192, 0, 0, 0)],
      ]);
    expect(numbers(readTorch(bytes("big")))).toEqual([1, -2]);
    expect(() => readTorch(bytes("middle"))).toThrow('readTorch: the archive has byte order "middle"');
  });
});

describe("pickles that grow", () => {
  /** `levels` lists, each holding the one before it twice. */
  const doubling = (levels: number): string => `]${"q\x000(h\x00h\x00l".repeat(levels)}`;

  test("lists of lists of lists, 2^40 by their paths, are 41 objects", () => {
    let value = read(doubling(40)) as TorchValue[];
    for (let level = 0; level < 40; level++) {
      expect(value[0]).toBe(value[1]);
      value = value[0] as TorchValue[];
    }
    expect(value).toEqual([]);
    // Where such a thing stands for a shape, it must not be written into the message either.
    const shape = rebuild(storage(), [int(0), tuple(doubling(40)), ints([1])]);
    refuses(shape, "the shape of a tensor should be non-negative integers, but one is a list or tuple of 2");
    const offset = rebuild(storage(), [doubling(40), ints([1]), ints([1])]);
    refuses(offset, "a tensor begins at element a list or tuple of 2 of its storage");
    refuses(`${doubling(40)}${text("x")}\x93`, "a module should be a string, but is a list or tuple of 2");
  });

  test("a thousand levels are read, more are not, however they come", () => {
    expect(read(`)${"\x85".repeat(999)}`)).toHaveLength(1);
    const problem = "the pickle nests containers more than 1000 deep";
    refuses(`)${"\x85".repeat(1000)}`, problem);
    refuses(`${"]".repeat(200_000)}${"a".repeat(199_999)}`, problem);
    // Found shallow first, and then a second time, 600 levels down.
    refuses(`(]q\x00${"\x85".repeat(600)}q\x01${"h\x01"}${"\x85".repeat(600)}t`, problem);
  });

  test("a list in itself", () => {
    refuses("]q\x00h\x00a", "the pickle has a container that contains itself");
    refuses("]q\x00\x85q\x010h\x00h\x01a", "the pickle has a container that contains itself");
  });

  test("integers of a megabyte, strings longer than the file", () => {
    const size = 1_000_000;
    refuses(
      `\x8b${bytesLE(BigInt(size), 4)}${"\x7f".repeat(size)}`,
      `the pickle has an integer of ${size} bytes; 32 are the most that is read`,
    );
    refuses(`\x8a\x21${"\0".repeat(33)}`, "the pickle has an integer of 33 bytes; 32 are the most that is read");
    refuses("X\xff\xff\xff\xff", "the pickle ends too early: 4294967295 bytes should follow byte 7, 1 do");
    refuses(
      `\x8d${"\xff".repeat(8)}`,
      "the pickle ends too early: 18446744073709552000 bytes should follow byte 11, 1 do",
    );
    refuses("X\x01\0\0\0\xff", "the string at byte 7 of the pickle is not UTF-8");
  });

  test("strings of Python 2 that are no text, a million of which would each take an exception", () => {
    const decode = vi.spyOn(TextDecoder.prototype, "decode");
    try {
      expect(read(`](${"U\x01\xff".repeat(1000)}e`)).toHaveLength(1000);
      const strings = decode.mock.results.filter((_, i) => decode.mock.calls[i]![0]?.byteLength === 1);
      expect(strings.length).toBeGreaterThanOrEqual(1000);
      expect(strings.filter(({ type }) => type === "throw")).toEqual([]);
    } finally {
      decode.mockRestore();
    }
  });

  test("too many operations, objects, marks", () => {
    refuses("N0".repeat(2_500_001), "the pickle has more than 5000000 operations, the limit");
    refuses("]0".repeat(1_000_001), "the pickle makes more than 1000000 objects");
    refuses("(".repeat(1001), "the pickle has more than 1000 open marks");
  });

  test("dicts, tensors and memos that cost an operation each", () => {
    const problem = "the pickle makes more objects than a file of its size can mean";
    refuses(`](${"}".repeat(100_000)}e`, problem);
    const made = `${global("torch._utils", "_rebuild_tensor_v2")}q\x00${tuple(storage(), ...layout(0, [1], [1]))}q\x01R`;
    expect(read(`](${made}${"h\x00h\x01R".repeat(2000)}e`)).toHaveLength(2001);
    refuses(`](${made}${"h\x00h\x01R".repeat(20_000)}e`, problem);
    // Python's densest: a million of dicts, of sets, or of lists, each of them remembered.
    expect(read(`](${"}\x94(U\x01aK\x01u".repeat(30_000)}e`)).toHaveLength(30_000);
    expect(read(`](${"\x8f\x94(K\x01\x90".repeat(30_000)}e`)).toHaveLength(30_000);
    expect(read(`](${"]\x94".repeat(200_000)}e`)).toHaveLength(200_000);
  });

  test("a compressed pickle, of which PyTorch writes none, is not inflated beyond the limit", () => {
    const packed = (size: number): Uint8Array => deflated("archive/data.pkl", pickle(`](${"N".repeat(size)}e`));
    expect(readTorch(packed(1_000_000))).toHaveLength(1_000_000);
    const problem =
      "the entries of the archive take more than 1048576 bytes inflated, the limit; option maxBytes raises it";
    expect(() => readTorch(packed(1_100_000))).toThrow(new FormatError(`readTorch: ${problem}`));
    expect(readTorch(packed(1_100_000), { maxBytes: 2_000_000 })).toHaveLength(1_100_000);
  });

  test("copies of what was written once", () => {
    const limit = "the file unfolds to more than 1048576 bytes, the limit; option maxBytes raises it";
    const made = `${global("_codecs", "encode")}q\x00${tuple(text("x".repeat(50_000)), text("latin1"))}q\x01R`;
    refuses(`(${made}${"h\x00h\x01R".repeat(100)}t`, limit);
    const set = `${global("builtins", "set")}q\x00(](${"N".repeat(1000)}etq\x01R`;
    refuses(`(${set}${"h\x00h\x01R".repeat(100)}t`, limit);
  });
});

describe("a million references to something large", () => {
  const list = `](${"K\x01".repeat(100_000)}eq\x01`;

  test("to a shape: it is not even looked through", () => {
    const code = rebuild(storage(), [int(0), list, ints([1])]);
    refuses(code, "the shape of a tensor has 100000 axes; 64 are the most there can be");
  });

  test("to a torch.Size: it is not copied", () => {
    const size = `${global("torch", "Size")}q\x00h\x01\x85q\x02R`;
    const value = read(`${list}0(h\x01${size}${"h\x00h\x02R".repeat(10_000)}t`) as TorchValue[];
    expect(value.every((item) => item === value[0])).toBe(true);
  });

  test("to a name", () => {
    const name = `__torch__.${"x".repeat(1000)}`;
    refuses(
      `${text(name)}${text("x")}\x93`,
      `the pickle asks for ${name.slice(0, 120)}…, which is no data; save the tensors without it`,
    );
  });

  test("to bytes of an array, which Python 2 wrote as text", () => {
    const type = call("numpy", "dtype", text("i1"), "\x89", "\x88");
    const scalar = `${global("numpy.core.multiarray", "scalar")}q\x00`;
    const first = `${scalar}${tuple(type, text("x".repeat(50_000)))}q\x01R`;
    refuses(
      `(${first}${"h\x00h\x01R".repeat(100)}t`,
      "the file unfolds to more than 1048576 bytes, the limit; option maxBytes raises it",
    );
  });
});

describe("broken pickles", () => {
  test.each([
    ["", "the pickle takes something from an empty stack"],
    ["(N0", "the pickle takes something from an empty stack"],
    ["t", "the pickle ends a list that has no mark"],
    ["h\x05", "the pickle refers to memo 5, where nothing is"],
    ["NNa", "the pickle appends to null"],
    ["](NNNu", "the pickle sets items of a list or tuple of 0"],
    ["}(NNNu", "the pickle has a dict with a key that has no value"],
    ["](N\x90", "the pickle adds to a list or tuple of 0, which is no set"],
    ["I1\n", "the pickle has operation 0x49 at byte 2, which is not read here"],
    ["\x80\x06N", "the pickle is of protocol 6; 2 to 5 are read"],
    ["cos", "the pickle ends inside the name at byte 3"],
    [`${call("numpy", "dtype", text("O8"))}`, 'NumPy\'s dtype "O8" is not read here'],
    [`${call("numpy.core.multiarray", "_reconstruct")}`, "the file holds NumpyArray, which is no data"],
    [`${call("_codecs", "encode", text("x"), text("rot13"))}`, 'bytes are encoded as "rot13", not as latin1'],
  ])("%j", (code, problem) => refuses(code, problem));

  test("metadata that changes numbers is not overlooked", () => {
    const negative = `}${text("neg")}\x88s`;
    const code = call("torch._utils", "_rebuild_tensor_v2", storage(), ...layout(0, [1], [1]), "\x89", "}", negative);
    refuses(code, "a tensor is a negated or conjugated view, which is not read here");
  });
});

describe("the legacy format", () => {
  const magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
  const legacy = (object: string, keys: string, data: string, version = 1001): Uint8Array =>
    bytesOf(`${magic}\x80\x02${int(version)}.\x80\x02}.\x80\x02${object}.\x80\x02${keys}.${data}`);
  const keys = `](${text("7")}e`;
  const data = `${bytesLE(4n, 8)}${["\0\0\x80\x3f", "\0\0\0\x40", "\0\0\x40\x40", "\0\0\x80\x40"].join("")}`;
  const id = (view: string, numel = 4): string =>
    `${tuple(text("storage"), global("torch", "FloatStorage"), text("7"), text("cpu"), int(numel), view)}Q`;
  const part = (first: number, count: number): string => tuple(text("8"), int(first), int(count));

  test("a storage that is a part of another, as PyTorch before 0.4 wrote it", () => {
    const code = tuple(rebuild(id("N"), layout(0, [4], [1])), rebuild(id(part(1, 2)), layout(1, [1], [1])));
    const [whole, view] = readTorch(legacy(code, keys, data)) as Tensor[];
    expect([numbers(whole!), numbers(view!)]).toEqual([[1, 2, 3, 4], [3]]);
    const beyond = rebuild(id(part(1, 2)), layout(2, [1], [1]));
    expect(() => readTorch(legacy(beyond, keys, data))).toThrow("element 2 of a storage of 2 float32");
    const outside = rebuild(id(part(3, 2)));
    expect(() => readTorch(legacy(outside, keys, data))).toThrow(
      new FormatError('readTorch: a view is not in storage "7": 3, 2 elements on'),
    );
  });

  test.each([
    [legacy("N", keys, data), 'the file has storage "7", to which nothing refers'],
    [legacy(rebuild(id("N")), "]", data), 'the file has no storage "7"'],
    [legacy(rebuild(id("N")), "}", data), "the keys of the storages are Map, not a list"],
    [legacy(rebuild(id("N", 5)), keys, data), 'storage "7" has 4 elements, but should have 5'],
    [legacy(rebuild(id("N", 3)), keys, data), 'storage "7" has 4 elements, but should have 3'],
    [legacy(rebuild(id("N")), keys, data.slice(0, -1)), 'the file ends too early: storage "7" of 16 bytes has 15 left'],
    [
      legacy(rebuild(id("N")), keys, "\xff".repeat(8)),
      'the file ends too early: storage "7" of 73786976294838210000 bytes has 0 left',
    ],
    [legacy(rebuild(id("N")), keys, data, 1000), "the file is of version 1000; 1001 is read"],
    [
      legacy(global("os", "system"), keys, data),
      "the pickle asks for os.system, which is no data; save the tensors without it",
    ],
  ])("case %#", (bytes, problem) => {
    expect(() => readTorch(bytes)).toThrow(new FormatError(`readTorch: ${problem}`));
  });
});

describe("other files", () => {
  const tar = new Uint8Array(1024);
  tar.set(bytesOf("ustar"), 257);
  test.each([
    [new Uint8Array(0), "the file is empty"],
    [tar, "the file is a tar archive, as the first versions of PyTorch wrote; load it there and save it again"],
    [pickle("N"), "the file is a pickle, but not one of torch.save: the magic number is missing"],
    [bytesOf("RIFF...."), "the file is neither a ZIP archive nor a pickle, so torch.save did not write it"],
    [
      writeNpz({ x: tensor([1]) }),
      "the ZIP archive has no entry data.pkl, so torch.save did not write it; with .npy files in it, it is one of NumPy",
    ],
    [writeZip([["readme", bytesOf("x")]]), "the ZIP archive has no entry data.pkl, so torch.save did not write it"],
  ])("case %#", (bytes, problem) => {
    expect(() => readTorch(bytes)).toThrow(new FormatError(`readTorch: ${problem}`));
  });
});

describe("damage ends in a FormatError, or does not matter", () => {
  const attempt = (bytes: Uint8Array): void => {
    try {
      readTorch(bytes);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  };

  function* damaged(whole: Uint8Array): Generator<Uint8Array> {
    for (let size = 0; size < whole.length; size += 17) yield whole.slice(0, size);
    let state = 1;
    for (let round = 0; round < 300; round++) {
      const bytes = whole.slice();
      for (let i = 0; i <= round % 3; i++) {
        state = (state * 48271) % 2147483647;
        bytes[state % whole.length] = state >> 8;
      }
      yield bytes;
    }
  }

  test.each(["views-legacy.pt", "checkpoint-legacy.pt", "state-legacy-protocol5.pt", "state.pt"])("%s", (name) => {
    for (const bytes of damaged(file(name))) attempt(bytes);
  });

  // The archive's checksums would find everything; so this damages the pickle, and makes an archive of it again.
  test.each(["views.pt", "checkpoint.pt", "checkpoint-protocol4.pt", "checkpoint-protocol5.pt", "scripted.pt"])(
    "the pickle of %s",
    (name) => {
      const entries = readZip(file(name), failing("test"));
      const folder = [...entries.keys()].find((entry) => entry.endsWith("data.pkl"))!.slice(0, -8);
      const data = [...entries].filter(([entry]) => entry.startsWith(`${folder}data/`));
      const others = data.map(([entry, { read }]) => [entry, read()] as const);
      for (const bytes of damaged(entries.get(`${folder}data.pkl`)!.read()))
        attempt(writeZip([[`${folder}data.pkl`, bytes], ...others]));
    },
  );
});
