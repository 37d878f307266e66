import type { FileDType } from "../../bytes/elements.ts";

/** ONNX's numbers of element types. Source: `TensorProto.DataType` in onnx.proto. */
const numbers = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
  float8_e4m3fn: 17,
  float8_e5m2: 19,
} as const satisfies Record<FileDType, number>;

/** Those that hold no numbers, or none that exist here. */
const refused = new Map<number | bigint, string>([
  [0, "UNDEFINED"],
  [8, "STRING"],
  [14, "COMPLEX64"],
  [15, "COMPLEX128"],
  [18, "FLOAT8E4M3FNUZ"],
  [20, "FLOAT8E5M2FNUZ"],
  [21, "UINT4"],
  [22, "INT4"],
  [23, "FLOAT4E2M1"],
]);

const types = new Map<number | bigint, FileDType>(
  Object.entries(numbers).map(([type, number]) => [number, type as FileDType]),
);

/** ONNX's number of an element type. */
export const elementNumber = (type: FileDType): number => numbers[type];

/** The element type that ONNX numbers so, or `null` where it is none of those read here. */
export const elementType = (number: number | bigint): FileDType | null => types.get(number) ?? null;

/** The name of an element type that is not read here. */
export const refusedType = (number: number | bigint): string => refused.get(number) ?? `number ${number}`;
