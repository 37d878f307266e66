/** What folding keeps to: how many numbers there may be, and what an element type makes of a result. */
import { type Shape, showShape, sizeOf } from "../../../../core/shape.ts";
import type { FileDType } from "../../../bytes/index.ts";
import type { Call } from "../call.ts";
import { Known } from "../known.ts";

/** A file of a few bytes can ask for any number of numbers. Shapes are a handful, tables for windows and the like some thousands. */
const MOST = 2 ** 22;

/** The number of elements of a shape that is to be filled. What the file has can be more than it may ask for. */
export function knownSize(call: Call, shape: Shape): number {
  const size = sizeOf(shape);
  const given = call.inputs.map((input) => (input instanceof Known ? input.size : 0));
  if (shape.some((length) => !Number.isInteger(length) || length < 0))
    call.fail(`shape ${showShape(shape)} has something else than non-negative integers`);
  if (size > Math.max(MOST, ...given)) call.fail(`it asks for ${size} constant numbers; at most ${MOST} are made here`);
  return size;
}

const wrapped =
  (bits: number, signed: boolean) =>
  (value: number): number => {
    const size = 2 ** bits;
    const rest = ((Math.trunc(value) % size) + size) % size;
    return signed && rest >= size / 2 ? rest - size : rest;
  };

const asTruth = (value: number): number => (value === 0 ? 0 : 1);

/** How results are rounded. Halves are computed with in float32 everywhere here; integers of 64 bits as far as doubles hold them. */
const roundings: Partial<Record<FileDType, (value: number) => number>> = {
  float64: (value) => value,
  bool: asTruth,
  int64: Math.trunc,
  uint64: Math.trunc,
  int32: wrapped(32, true),
  uint32: wrapped(32, false),
  int16: wrapped(16, true),
  uint16: wrapped(16, false),
  int8: wrapped(8, true),
  uint8: wrapped(8, false),
};

const isInteger = (dtype: FileDType): boolean => /^u?int/.test(dtype);

/** Numbers as the elements of `dtype` that they are rounded to. */
export function elementsOf(call: Call, numbers: readonly number[], shape: Shape, dtype: FileDType): Known {
  const broken = isInteger(dtype) ? numbers.find((number) => !Number.isFinite(number)) : undefined;
  if (broken !== undefined) call.fail(`a result is ${broken}, which is no ${dtype}`);
  return new Known(numbers.map(roundings[dtype] ?? Math.fround), shape, dtype);
}
