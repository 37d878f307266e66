/** Every operation and every constructor of pickles, one row each, written by hand. */
import type { Tensor } from "atrous";
import { fileDType, readTorch, type TorchValue } from "atrous/io";
import { describe, expect, test } from "vitest";
import { named } from "../../src/io/torch/pickle/opcodes.ts";
import { archive, bytesLE, call, global, int, layout, storage, text, tuple } from "./fixtures/torch/byHand.ts";

const read = (code: string, data?: Record<string, readonly number[]>): TorchValue => readTorch(archive(code, data));
const long = (size: number): string => bytesLE(BigInt(size), 8);
const map = (...entries: [TorchValue, TorchValue][]): Map<TorchValue, TorchValue> => new Map(entries);

test("bytes of a Node Buffer: what comes out is a plain Uint8Array", () => {
  const value = readTorch(Buffer.from(archive("C\x03abc"))) as Uint8Array;
  expect(value.constructor).toBe(Uint8Array);
  expect([...value]).toEqual([97, 98, 99]);
});

const operations: [name: string, code: string, value: TorchValue][] = [
  ["PROTO", "\x80\x05N", null],
  ["FRAME", `\x95${long(1)}N`, null],
  ["NONE", "N", null],
  ["NEWTRUE", "\x88", true],
  ["NEWFALSE", "\x89", false],
  ["BININT", "J\xfe\xff\xff\xff", -2],
  ["BININT1", "K\xff", 255],
  ["BININT2", "M\x01\x02", 513],
  ["LONG1, empty", "\x8a\x00", 0],
  ["LONG1, negative", "\x8a\x02\x00\xff", -256],
  ["LONG1, the last number", `\x8a\x08${long(Number.MAX_SAFE_INTEGER)}`, Number.MAX_SAFE_INTEGER],
  ["LONG1, the first bigint", `\x8a\x08${long(2 ** 53)}`, 2n ** 53n],
  ["LONG1 of 16 bytes", `\x8a\x10${"\0".repeat(15)}\x80`, -(2n ** 127n)],
  ["LONG1 of 17 bytes, 128 bits of a NumPy generator", `\x8a\x11${"\xff".repeat(16)}\0`, 2n ** 128n - 1n],
  ["LONG4", "\x8b\x02\0\0\0\x00\x01", 256],
  ["BINFLOAT", "G\xc0\x04\0\0\0\0\0\0", -2.5],
  ["BINUNICODE", "X\x03\0\0\0\xe4\xb8\x96", "世"],
  ["BINUNICODE keeps a byte order mark", "X\x03\0\0\0\xef\xbb\xbf", "\ufeff"],
  ["SHORT_BINUNICODE", "\x8c\x01a", "a"],
  ["BINUNICODE8", `\x8d${long(1)}a`, "a"],
  ["BINSTRING", "T\x01\0\0\0a", "a"],
  ["BINSTRING, no text", "T\x01\0\0\0\xff", Uint8Array.of(255)],
  ["BINSTRING, a text with a replacement character", "T\x03\0\0\0\xef\xbf\xbd", "\ufffd"],
  ["BINSTRING, that and no text", "T\x04\0\0\0\xef\xbf\xbd\xff", Uint8Array.of(0xef, 0xbf, 0xbd, 0xff)],
  ["SHORT_BINSTRING", "U\x01a", "a"],
  ["BINBYTES", "B\x01\0\0\0\xff", Uint8Array.of(255)],
  ["SHORT_BINBYTES", "C\x02ab", Uint8Array.of(97, 98)],
  ["BINBYTES8", `\x8e${long(1)}a`, Uint8Array.of(97)],
  ["BYTEARRAY8", `\x96${long(1)}a`, Uint8Array.of(97)],
  ["EMPTY_TUPLE", ")", []],
  ["EMPTY_LIST", "]", []],
  ["EMPTY_DICT", "}", map()],
  ["EMPTY_SET", "\x8f", new Set()],
  ["MARK and TUPLE", "(NK\x01t", [null, 1]],
  ["TUPLE1", "K\x01K\x02\x85", [2]],
  ["TUPLE2", "K\x01K\x02K\x03\x86", [2, 3]],
  ["TUPLE3", "K\x01K\x02K\x03\x87", [1, 2, 3]],
  ["LIST", "(K\x01l", [1]],
  ["DICT", "(K\x01K\x02d", map([1, 2])],
  ["FROZENSET", "(K\x01K\x01\x91", new Set([1])],
  ["APPEND", "]K\x01aK\x02a", [1, 2]],
  ["APPENDS", "](K\x01K\x02e", [1, 2]],
  ["SETITEM", "}K\x01K\x02s", map([1, 2])],
  ["SETITEMS, of which the last counts", "}(K\x01K\x02K\x01K\x03u", map([1, 3])],
  ["ADDITEMS", "\x8f(K\x01K\x02\x90", new Set([1, 2])],
  ["POP", "K\x01K\x020", 1],
  ["POP_MARK", "K\x01(K\x02K\x031", 1],
  ["DUP", "(K\x012t", [1, 1]],
  ["BINPUT and BINGET", "(K\x01q\x07K\x02h\x07t", [1, 2, 1]],
  ["LONG_BINPUT and LONG_BINGET", "(K\x01r\0\0\0\x01j\0\0\0\x01t", [1, 1]],
  ["MEMOIZE counts from 0", "(K\x01\x94K\x02\x94h\x00h\x01t", [1, 2, 1, 2]],
  ["GLOBAL", global("torch", "bfloat16"), "bfloat16"],
  ["GLOBAL, a dtype of tensors that are not read", global("torch", "float4_e2m1fn_x2"), "float4_e2m1fn_x2"],
  ["STACK_GLOBAL", `${text("torch")}${text("int8")}\x93`, "int8"],
  ["REDUCE", `${global("builtins", "set")}](K\x01e\x85R`, new Set([1])],
  ["NEWOBJ", `${global("argparse", "Namespace")})\x81`, map()],
  ["NEWOBJ_EX", `${global("argparse", "Namespace")})}\x92`, map()],
  ["BUILD", `${global("argparse", "Namespace")})\x81}K\x01K\x02sb`, map([1, 2])],
];

describe("operations", () => {
  test.each(operations)("%s", (_, code, value) => expect(read(code)).toEqual(value));

  test("each of them has a row", () => {
    const rows = operations.map(([name]) => name).join(" ");
    // BINPERSID needs a storage, and is in every test of tensors.
    const missing = Object.keys(named).filter((operation) => !new RegExp(`\\b${operation.slice(3)}\\b`).test(rows));
    expect(missing).toEqual(["51 BINPERSID"]);
  });
});

const pair = "](K\x01K\x02\x86e";
const constructors: [name: string, code: string, value: TorchValue][] = [
  ["OrderedDict of pairs, as Python 2 wrote it", call("collections", "OrderedDict", pair), map([1, 2])],
  ["defaultdict", call("collections", "defaultdict", global("builtins", "list")), map()],
  ["Counter", call("collections", "Counter", "}K\x01K\x02s"), map([1, 2])],
  ["dict", call("builtins", "dict", pair), map([1, 2])],
  ["list", call("builtins", "list", ")"), []],
  ["frozenset", call("__builtin__", "frozenset", "](K\x01e"), new Set([1])],
  ["bytes", call("__builtin__", "bytes"), new Uint8Array(0)],
  ["bytearray", call("builtins", "bytearray", "C\x01a"), Uint8Array.of(97)],
  ["bytearray of text", call("__builtin__", "bytearray", "X\x02\0\0\0\xc3\xbf", text("latin-1")), Uint8Array.of(255)],
  ["SimpleNamespace", `${call("types", "SimpleNamespace")}}K\x01K\x02sb`, map([1, 2])],
  ["attributes in a dict and in slots", `${global("argparse", "Namespace")})\x81}K\x01K\x02sN\x86b`, map([1, 2])],
  ["a class of TorchScript", `${global("__torch__.net", "Gate")})\x81}K\x01K\x02sb`, map([1, 2])],
  ["a list of TorchScript", call("torch.jit._pickle", "build_intlist", "](K\x01e"), [1]],
  ["a typed value of TorchScript", call("torch.jit._pickle", "restore_type_tag", "]", text("List[int]")), []],
  ["torch.Size", call("torch", "Size", tuple("K\x02", "K\x03")), [2, 3]],
  ["torch.device", call("torch", "device", text("cpu")), "cpu"],
  [
    "a number of NumPy 2",
    call(
      "numpy._core.multiarray",
      "scalar",
      call("numpy", "dtype", text("f8"), "\x89", "\x88"),
      `C\x08${"\0".repeat(6)}\xf8\x3f`,
    ),
    1.5,
  ],
];

describe("constructors", () => {
  test.each(constructors)("%s", (_, code, value) => expect(read(code)).toEqual(value));

  const parts = [storage("FloatStorage", { numel: 2 }), ...layout(1, [1], [1])];
  const data = { 0: [0, 0, 128, 63, 0, 0, 0, 64] };
  const hooks = ["\x89", call("collections", "OrderedDict")];
  const second = call("torch._utils", "_rebuild_tensor_v2", ...parts, ...hooks);
  test.each([
    ["_rebuild_tensor", call("torch._utils", "_rebuild_tensor", ...parts)],
    [
      "_rebuild_tensor_v2 with metadata",
      call("torch._utils", "_rebuild_tensor_v2", ...parts, ...hooks, `}${text("neg")}\x89s`),
    ],
    ["_rebuild_parameter", call("torch._utils", "_rebuild_parameter", second, ...hooks)],
    ["Parameter", call("torch.nn.parameter", "Parameter", second, "\x88")],
    [
      "_rebuild_from_type_v2",
      call(
        "torch._tensor",
        "_rebuild_from_type_v2",
        global("torch._utils", "_rebuild_tensor_v2"),
        global("torch", "Tensor"),
        tuple(...parts, ...hooks),
        "}",
      ),
    ],
    ["attributes of a tensor", `${second}}${text("rank")}${int(1)}sb`],
  ])("%s", (_, code) => {
    const value = read(code, data) as Tensor;
    expect([fileDType(value), value.toArray()]).toEqual(["float32", [2]]);
  });

  test("an array of NumPy that is referred to twice, in either byte order", () => {
    const type = `${call("numpy", "dtype", text("i2"), "\x89", "\x88")}${tuple(int(3), text(">"), "N", "N", "N", int(-1), int(-1), int(0))}b`;
    const empty = call("numpy.core.multiarray", "_reconstruct", global("numpy", "ndarray"), tuple("K\x00"), "C\x01b");
    const state = tuple(int(1), tuple("K\x02"), type, "\x89", "C\x04\x01\x00\xff\xfe");
    const [first, again] = read(`(${empty}q\x09${state}bh\x09t`) as Tensor[];
    expect(again).toBe(first);
    expect([fileDType(first!), first!.toArray()]).toEqual(["int16", [256, -2]]);
  });
});
