/** Operators that take apart and put together along axes. */
import { type Shape, showShape, stridesOf } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { broadcastTo } from "../../../../ops/shape/broadcast.ts";
import { cat } from "../../../../ops/shape/cat.ts";
import { gather, type IndexMap } from "../../../../ops/shape/gather.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { slice, split } from "../../../../ops/shape/slice.ts";
import { permute } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import { ofOneType } from "../dtypes.ts";
import { gathered, joined, reshaped, strided } from "../folding/movement.ts";
import type { Operators } from "../operator.ts";
import { adjointOfPadding } from "../paddingAdjoint.ts";
import { copiedPadding } from "../paddingCopies.ts";
import { picked } from "../picked.ts";

export const assembly: Operators = {
  Transpose: {
    fold: (call) => {
      const x = call.known(0, "numbers");
      const order = orderOf(call, x.shape.length);
      const strides = stridesOf(x.shape);
      return strided(
        call,
        x,
        order.map((axis) => x.shape[axis]!),
        order.map((axis) => strides[axis]!),
      );
    },
    build: (call) => transposed(call.tensor(0), orderOf(call, call.tensor(0).rank)),
  },
  Concat: {
    fold: (call) => {
      const parts = call.inputs.map((_, i) => call.known(i, "numbers"));
      const [first] = parts;
      if (!first) return call.fail("it has no inputs");
      const axis = concatAxis(call, first.shape.length);
      for (const { shape } of parts)
        if (shape.length !== first.shape.length || shape.some((l, at) => at !== axis && l !== first.shape[at]))
          call.fail(
            `shapes ${parts.map((part) => showShape(part.shape)).join(", ")} differ on another axis than ${axis}`,
          );
      const total = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
      return joined(call, parts, axis, first.shape.with(axis, total));
    },
    build: (call) => {
      const parts = ofOneType(call.inputs.map((_, i) => call.tensor(i)));
      const axis = concatAxis(call, parts[0]!.rank);
      return copiedPadding(parts, axis, call.budget) ?? adjointOfPadding(parts, axis, call.budget) ?? cat(parts, axis);
    },
  },
  Split: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const axis = call.axis(call.integer("axis", 0), x.shape.length);
      const strides = stridesOf(x.shape);
      let start = 0;
      return partsOf(call, x.shape[axis]!).map((length) => {
        const part = strided(call, x, x.shape.with(axis, length), strides, start * strides[axis]!);
        start += length;
        return part;
      });
    },
    build: (call) => {
      const x = call.tensor(0);
      const axis = call.axis(call.integer("axis", 0), x.rank);
      return split(x, partsOf(call, x.shape[axis]!), axis);
    },
  },
  Gather: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const { axis, indices, indexShape } = selection(call, x.shape);
      return gathered(call, x, axis, indices, indexShape);
    },
    build: (call) => {
      const x = call.tensor(0);
      const { axis, indices, given, indexShape } = selection(call, x.shape);
      return reshape(selected(x, axis, indices, given), x.shape.toSpliced(axis, 1, ...indexShape));
    },
  },
  Tile: {
    known: [1],
    fold: (call) => {
      const x = call.known(0, "numbers");
      const repeats = repeatsOf(call, x.shape);
      // Every axis is two: which repetition, with stride 0, and where in it.
      const shape = x.shape.flatMap((length, axis) => [repeats[axis]!, length]);
      const strides = stridesOf(x.shape).flatMap((stride) => [0, stride]);
      return reshaped(
        strided(call, x, shape, strides),
        x.shape.map((length, axis) => length * repeats[axis]!),
      );
    },
    build: (call) => {
      const x = call.tensor(0);
      const repeats = repeatsOf(call, x.shape);
      const single = broadcastTo(
        x,
        x.shape.map((length, axis) => (length === 1 ? repeats[axis]! : length)),
      );
      return repeats.reduce((y, times, axis) => (x.shape[axis] === 1 ? y : tiled(y, axis, times)), single);
    },
  },
};

function orderOf(call: Call, rank: number): readonly number[] {
  const given = call.integers("perm");
  if (!given) return Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  const order = given.map((axis) => call.axis(axis, rank));
  if (order.length !== rank || new Set(order).size !== rank)
    call.fail(`perm ${showShape(given)} does not name each of ${rank} axes once`);
  return order;
}

/** A selection between a change of axes and the change back is the selection along another axis. */
function transposed(x: Tensor, order: readonly number[]): Tensor {
  const [inner] = x.inputs;
  if (x.op?.name !== "gather" || inner!.op?.name !== "permute") return permute(x, order);
  const { order: before } = inner!.attributes as { order: readonly number[] };
  if (order.some((axis, i) => before[axis] !== i)) return permute(x, order);
  const { axis, index, meaning } = x.attributes as IndexMap;
  const [source] = inner!.inputs;
  if (meaning.kind === "index") return picked(source!, before[axis]!, index);
  return gather(source!, before[axis]!, index, meaning);
}

const concatAxis = (call: Call, rank: number): number =>
  call.axis(call.integer("axis") ?? call.fail("it says no axis"), rank);

/** How long each part is: as the input (13 and later) or attribute `split` says, else equally for all outputs. */
function partsOf(call: Call, length: number): readonly number[] {
  const declared = call.integer("num_outputs");
  const given = call.knownIntegers(1, "split") ?? call.integers("split");
  if (given && declared !== undefined) call.fail("split and num_outputs exclude each other");
  const count = declared ?? given?.length ?? call.node.outputs.length;
  if (count !== call.node.outputs.length) call.fail(`it makes ${count} parts for ${call.node.outputs.length} outputs`);
  if (given) {
    if (given.some((part) => part < 0) || given.reduce((a, b) => a + b, 0) !== length)
      call.fail(`parts ${showShape(given)} do not add up to the length ${length} of its axis`);
    return given;
  }
  // Since 18 the last part may be the shorter one.
  const each = Math.ceil(length / count);
  const last = length - each * (count - 1);
  if (last < 0 || (last !== each && call.opset < 18)) call.fail(`length ${length} is not split into ${count} parts`);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? last : each));
}

interface Selection {
  readonly axis: number;
  /** Those of the file, of which negative ones count from the end, and what they are here. */
  readonly given: readonly number[];
  readonly indices: readonly number[];
  readonly indexShape: Shape;
}

function selection(call: Call, shape: Shape): Selection {
  const axis = call.axis(call.integer("axis", 0), shape.length);
  const length = shape[axis]!;
  const given = call.knownIntegers(1, "indices") ?? call.fail("it says no indices");
  const indices = given.map((index) => call.index(index, length));
  return { axis, given, indices, indexShape: call.value(1).shape };
}

/** Neighbours are a slice, in the words of the file: those mean the same at other lengths. */
function selected(x: Tensor, axis: number, indices: readonly number[], given: readonly number[]): Tensor {
  const [first = 0] = given;
  if (given.length === 0 || given.some((index, i) => index !== first + i))
    return picked(x, axis, Int32Array.from(indices));
  const end = first + given.length;
  return slice(x, axis, first, first < 0 && end === 0 ? undefined : end);
}

function repeatsOf(call: Call, shape: Shape): readonly number[] {
  const repeats = call.knownIntegers(1, "repeats") ?? call.fail("it says no repeats");
  if (repeats.length !== shape.length || repeats.some((times) => times < 0))
    call.fail(`repeats ${showShape(repeats)} should be a count for each axis of shape ${showShape(shape)}`);
  const most = repeats.find((times, axis) => times > (shape[axis] === 1 ? MOST : MOST_COPIES));
  if (most !== undefined) call.fail(`it repeats an axis ${most} times, more often than is read here`);
  return repeats;
}

/** What has one element is only read again; copies are listed one by one. */
const MOST = 2 ** 22;
const MOST_COPIES = 2 ** 12;

const tiled = (x: Tensor, axis: number, times: number): Tensor =>
  times === 0 ? slice(x, axis, 0, 0) : cat(new Array<Tensor>(times).fill(x), axis);
