import { F, gradients, type Tensor, tensor, zeros } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { convolutions, filled, RUNS } from "./arbitraries.ts";
import { outputLengthOf } from "./lengths.ts";

/**
 * 0 · NaN and 0 · ∞ are NaN, so one bad number must reach every output that it is a term of, whatever it is multiplied by. Which
 * outputs those are is asked of the same operation with a single 1 in its place, and ones for everything else. The zeros beside
 * the signal are terms too: a bad weight reaches every output of its channel, as in PyTorch.
 */
const cases = fc.record({
  convolution: convolutions,
  at: fc.nat(),
  bad: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  dtype: fc.constantFrom("float32" as const, "float64" as const),
});

const ones = (shape: readonly number[]): Tensor => filled(shape, () => 1);

/** Zeros but for `value` at one place. */
function marked(shape: readonly number[], at: number, value: number): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(new Float64Array(size).with(at % size, value), { shape });
}

const isNaNAt = (y: Tensor): boolean[] => Array.from(y.dataSync() as Float64Array, Number.isNaN);
const isReached = (y: Tensor): boolean[] => Array.from(y.dataSync() as Float64Array, (v) => v !== 0);

test("conv1d: a bad sample passes through weights of zero, a bad weight through a signal of zeros", () => {
  fc.assert(
    fc.property(cases, ({ convolution, at, bad, dtype }) => {
      fc.pre(outputLengthOf(convolution) !== undefined);
      const { inChannels, length, weightShape, options } = convolution;
      const shape = [1, inChannels, length];
      const y = F.conv1d(marked(shape, at, bad).to(dtype), zeros(weightShape, { dtype }), null, options);
      expect(isNaNAt(y)).toEqual(isReached(F.conv1d(marked(shape, at, 1), ones(weightShape), null, options)));
      const z = F.conv1d(zeros(shape, { dtype }), marked(weightShape, at, bad).to(dtype), null, options);
      const perChannel = weightShape[1]! * weightShape[2]!;
      const channel = Math.floor((at % (weightShape[0]! * perChannel)) / perChannel);
      const outLength = z.shape[2]!;
      expect(isNaNAt(z)).toEqual(Array.from({ length: z.size }, (_, i) => Math.floor(i / outLength) === channel));
    }),
    RUNS,
  );
});

test("zero padding in the kernel is a padded signal, also where weights and gradients are not finite", () => {
  const bad = tensor([[[Number.POSITIVE_INFINITY, 1, 1]]]);
  const run = (x: Tensor, padding: number) => {
    const w = tensor([[[1, 1, 1]]], { requiresGrad: true });
    const [gw] = gradients(F.conv1d(x, w, null, { padding }), [w], { gradOutput: tensor([[[Number.NaN, 1, 1, 1]]]) });
    return [F.conv1d(x, bad, null, { padding }), gw!].map((y) => y.toArray());
  };
  expect(run(ones([1, 1, 4]).to("float32"), 1)).toEqual(run(F.pad(ones([1, 1, 4]).to("float32"), 1), 0));
  expect(F.conv1d(ones([1, 1, 4]).to("float32"), bad, null, { padding: 1 }).toArray()).toEqual([
    [[Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
  ]);
});

test("convTranspose1d: a bad sample passes through weights of zero, a bad weight through a signal of zeros", () => {
  fc.assert(
    fc.property(cases, ({ convolution, at, bad, dtype }) => {
      const short = outputLengthOf(convolution);
      fc.pre(short !== undefined);
      const { outChannels, length, weightShape } = convolution;
      const options = { ...convolution.options, outputLength: length };
      const shape = [1, outChannels, short];
      const y = F.convTranspose1d(marked(shape, at, bad).to(dtype), zeros(weightShape, { dtype }), null, options);
      expect(isNaNAt(y)).toEqual(isReached(F.convTranspose1d(marked(shape, at, 1), ones(weightShape), null, options)));
      const z = F.convTranspose1d(zeros(shape, { dtype }), marked(weightShape, at, bad).to(dtype), null, options);
      expect(isNaNAt(z)).toEqual(isReached(F.convTranspose1d(ones(shape), marked(weightShape, at, 1), null, options)));
    }),
    RUNS,
  );
});
