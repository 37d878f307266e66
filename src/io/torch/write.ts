import type { TypedArray } from "../../core/dtype.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { encode, type FileDType, fileDType } from "../bytes/elements.ts";
import { checkNamed, type NamedTensors, numbersOf } from "../bytes/named.ts";
import { writeZip } from "../zip/write.ts";
import { call, dict, type Emitted, finish, integer, named, no, persistent, text, tuple } from "./pickle/emit.ts";

/** The storage class of each element type. Those without one in PyTorch 1 are written as a type that holds their numbers. */
const storages: Readonly<Record<FileDType, readonly [type: FileDType, name: string]>> = {
  float64: ["float64", "DoubleStorage"],
  float32: ["float32", "FloatStorage"],
  float16: ["float16", "HalfStorage"],
  bfloat16: ["bfloat16", "BFloat16Storage"],
  float8_e5m2: ["float32", "FloatStorage"],
  float8_e4m3fn: ["float32", "FloatStorage"],
  int64: ["int64", "LongStorage"],
  uint64: ["int64", "LongStorage"],
  int32: ["int32", "IntStorage"],
  uint32: ["int64", "LongStorage"],
  int16: ["int16", "ShortStorage"],
  uint16: ["int32", "IntStorage"],
  int8: ["int8", "CharStorage"],
  uint8: ["uint8", "ByteStorage"],
  bool: ["bool", "BoolStorage"],
};

/**
 * A file that `torch.load` reads, also with `weights_only`, and `load_state_dict()` of R torch: the tensors under their names in a
 * dict. One tensor under two names is stored once, and shared again by who reads it.
 *
 * Tensors are written as they were in the file they come from (float16, int8, …); uint16 as int32, uint32 and uint64 as int64, and
 * float8 as float32, because PyTorch before version 2 has none of them.
 *
 * @throws OptionTypeError, DTypeError, FormatError
 */
export function writeTorch(given: NamedTensors): Uint8Array<ArrayBuffer> {
  const tensors = checkNamed("writeTorch", given);
  const records = new Map<string, Uint8Array>();
  const keys = new Map<TypedArray, Map<FileDType, string>>();
  const items: Emitted[] = [];
  for (const [name, tensor] of tensors) {
    const value = numbersOf(tensor);
    const [type] = storages[fileDType(tensor)];
    const byType = keys.get(value) ?? new Map<FileDType, string>();
    const key = byType.get(type) ?? String(records.size);
    keys.set(value, byType.set(type, key));
    if (!records.has(key)) records.set(key, encode(type, value));
    items.push(text(name), rebuild(tensor, key));
  }
  const utf8 = new TextEncoder();
  return writeZip([
    ["archive/data.pkl", finish(dict(items))],
    ["archive/byteorder", utf8.encode("little")],
    ...Array.from(records, ([key, bytes]) => [`archive/data/${key}`, bytes] as const),
    ["archive/version", utf8.encode("3\n")],
  ]);
}

/** `_rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)` */
function rebuild(tensor: Tensor, key: string): Emitted {
  const { shape, size } = tensor;
  const [, storage] = storages[fileDType(tensor)];
  return call(
    named("torch._utils", "_rebuild_tensor_v2"),
    persistent(tuple(text("storage"), named("torch", storage), text(key), text("cpu"), integer(size))),
    integer(0),
    tuple(...shape.map(integer)),
    tuple(...strides(shape).map(integer)),
    no,
    call(named("collections", "OrderedDict")),
  );
}

/** As PyTorch has them: an axis without elements counts as one of length 1. */
function strides(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((step, length) => step * Math.max(length, 1), 1));
}
