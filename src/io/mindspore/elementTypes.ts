import { show } from "../../core/options.ts";
import type { FileDType } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";

/** MindSpore's names of element types, as `str(parameter.dtype)` has them. */
const names = {
  float64: "Float64",
  float32: "Float32",
  float16: "Float16",
  bfloat16: "BFloat16",
  int64: "Int64",
  int32: "Int32",
  int16: "Int16",
  int8: "Int8",
  uint64: "UInt64",
  uint32: "UInt32",
  uint16: "UInt16",
  uint8: "UInt8",
  bool: "Bool",
} as const satisfies Partial<Record<FileDType, string>>;

type Known = keyof typeof names;

const types = new Map(Object.entries(names).map(([type, name]) => [name, type as Known]));

/** Whether checkpoints have such elements: not the floats of 8 bits. */
export const isKnown = (type: FileDType): type is Known => type in names;

export const typeName = (type: FileDType): string => names[type as Known];

/** @throws through `fail` */
export const typeOf = (name: string, fail: Fail): FileDType =>
  types.get(name as (typeof names)[Known]) ??
  fail(`elements of type ${show(name)} are not read here; known are ${Object.values(names).join(", ")}`);
