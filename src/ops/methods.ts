/**
 * Operations as methods of Tensor: `x.add(y)` is `add(x, y)`. A table, so that the graph room stays free of operations.
 */
import type { DType } from "../core/dtype.ts";
import { Tensor } from "../graph/tensor.ts";
import { logSoftmax, softmax } from "./activations/softmax.ts";
import { detach } from "./detach.ts";
import * as binary from "./elementwise/binary.ts";
import { clamp } from "./elementwise/clamp.ts";
import type { Operand } from "./elementwise/operand.ts";
import * as unary from "./elementwise/unary.ts";
import { type BackwardOptions, backward } from "./gradients.ts";
import { cumsum } from "./recurrent/cumsum.ts";
import { argmax, argmin } from "./reduce/argmax.ts";
import { max, min } from "./reduce/max.ts";
import { mean, variance } from "./reduce/mean.ts";
import { type Axes, type ReduceOptions, sum } from "./reduce/sum.ts";
import { broadcastTo } from "./shape/broadcast.ts";
import { cast } from "./shape/cast.ts";
import { type PadOptions, pad } from "./shape/pad.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./shape/reshape.ts";
import { chunk, flip, type Range, slice, split } from "./shape/slice.ts";
import { permute, transpose } from "./shape/transpose.ts";

const { add, sub, mul, div, pow, maximum, minimum, equal, less, greater } = binary;
const { neg, exp, expm1, log, log1p, sqrt, square, abs, sign, sin, cos, tanh, sigmoid, relu, erf, floor, round } =
  unary;

const methods = {
  ...{ add, sub, mul, div, pow, maximum, minimum, equal, less, greater, clamp },
  ...{ neg, exp, expm1, log, log1p, sqrt, square, abs, sign, sin, cos, tanh, sigmoid, relu, erf, floor, round },
  ...{ sum, mean, variance, max, min, argmax, argmin, cumsum, softmax, logSoftmax },
  ...{ reshape, flatten, squeeze, unsqueeze, permute, transpose, broadcastTo, slice, split, chunk, flip, pad },
  ...{ detach, backward, to: cast },
};

for (const [name, operation] of Object.entries(methods))
  Object.defineProperty(Tensor.prototype, name, {
    value(this: Tensor, ...rest: unknown[]) {
      return (operation as (x: Tensor, ...rest: unknown[]) => unknown)(this, ...rest);
    },
    writable: true,
    configurable: true,
  });

declare module "../graph/tensor.ts" {
  interface Tensor {
    add(other: Operand): Tensor;
    sub(other: Operand): Tensor;
    mul(other: Operand): Tensor;
    div(other: Operand): Tensor;
    pow(exponent: Operand): Tensor;
    maximum(other: Operand): Tensor;
    minimum(other: Operand): Tensor;
    equal(other: Operand): Tensor;
    less(other: Operand): Tensor;
    greater(other: Operand): Tensor;
    clamp(lowest?: Operand | null, highest?: Operand | null): Tensor;
    neg(): Tensor;
    exp(): Tensor;
    expm1(): Tensor;
    log(): Tensor;
    log1p(): Tensor;
    sqrt(): Tensor;
    square(): Tensor;
    abs(): Tensor;
    sign(): Tensor;
    sin(): Tensor;
    cos(): Tensor;
    tanh(): Tensor;
    sigmoid(): Tensor;
    relu(): Tensor;
    erf(): Tensor;
    floor(): Tensor;
    round(): Tensor;
    sum(axes?: Axes, options?: ReduceOptions): Tensor;
    mean(axes?: Axes, options?: ReduceOptions): Tensor;
    variance(axes?: Axes, options?: ReduceOptions & { correction?: number }): Tensor;
    max(axis?: number, options?: ReduceOptions): Tensor;
    min(axis?: number, options?: ReduceOptions): Tensor;
    argmax(axis?: number, options?: ReduceOptions): Tensor;
    argmin(axis?: number, options?: ReduceOptions): Tensor;
    cumsum(axis: number): Tensor;
    softmax(dim: number): Tensor;
    logSoftmax(dim: number): Tensor;
    reshape(shape: readonly number[]): Tensor;
    flatten(from?: number, to?: number): Tensor;
    squeeze(axis: number): Tensor;
    unsqueeze(axis: number): Tensor;
    permute(order: readonly number[]): Tensor;
    transpose(a: number, b: number): Tensor;
    broadcastTo(shape: readonly number[]): Tensor;
    slice(axis: number, ...range: Range): Tensor;
    split(lengths: number | readonly number[], axis?: number): Tensor[];
    chunk(count: number, axis?: number): Tensor[];
    flip(axis: number): Tensor;
    pad(amounts: number | readonly [number, number], options?: PadOptions): Tensor;
    to(dtype: DType): Tensor;
    detach(): Tensor;
    backward(options?: BackwardOptions): void;
  }
}
