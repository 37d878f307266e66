import { F } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { convolutions, dot, filled, integers, RUNS, seeds, shapeOf } from "./arbitraries.ts";
import { outputLengthOf, transposedLengthOf } from "./lengths.ts";

test("convTranspose1d is the adjoint of conv1d with the same options: every mode, rule, length and group", () => {
  fc.assert(
    fc.property(convolutions, seeds, (convolution, seed) => {
      const { batch, inChannels, outChannels, length, weightShape, options } = convolution;
      const short = outputLengthOf(convolution);
      fc.pre(short !== undefined);
      const next = integers(seed);
      const x = filled(shapeOf(batch, inChannels, length), next);
      const w = filled(weightShape, next);
      const g = filled(shapeOf(batch, outChannels, short), next);
      const back = F.convTranspose1d(g, w, null, { ...options, outputLength: length });
      expect(back.shape).toEqual(x.shape);
      expect(dot(x, back)).toBe(dot(g, F.conv1d(x, w, null, options)));
    }),
    RUNS,
  );
});

test("with any outputPadding, also of a stride and more, it is the adjoint of conv1d cut to its first outputs", () => {
  const cases = convolutions.chain((convolution) =>
    fc.record({
      convolution: fc.constant(convolution),
      outputPadding: fc.integer({
        min: 0,
        max: Math.max(convolution.options.stride, convolution.options.dilation) - 1,
      }),
    }),
  );
  fc.assert(
    fc.property(cases, seeds, ({ convolution, outputPadding }, seed) => {
      const { batch, inChannels, outChannels, length: short, weightShape } = convolution;
      const long = transposedLengthOf(convolution, outputPadding);
      fc.pre(long !== undefined);
      const next = integers(seed);
      const w = filled(weightShape, next);
      const g = filled(shapeOf(batch, outChannels, short), next);
      const x = filled(shapeOf(batch, inChannels, long), next);
      const back = F.convTranspose1d(g, w, null, { ...convolution.options, outputPadding });
      expect(back.shape).toEqual(x.shape);
      const forward = F.conv1d(x, w, null, convolution.options);
      expect(dot(x, back)).toBe(dot(g, forward.slice(-1, 0, short)));
    }),
    RUNS,
  );
});

test("the bias is added after the fold: it fills every sample once, in every mode", () => {
  fc.assert(
    fc.property(convolutions, seeds, (convolution, seed) => {
      const { batch, inChannels, outChannels, length, weightShape, options } = convolution;
      const short = outputLengthOf(convolution);
      fc.pre(short !== undefined);
      const next = integers(seed);
      const w = filled(weightShape, next);
      const b = filled([inChannels], next);
      const g = filled(shapeOf(batch, outChannels, short), next);
      const settings = { ...options, outputLength: length };
      const biased = F.convTranspose1d(g, w, b, settings);
      const plain = F.convTranspose1d(g, w, null, settings);
      expect(biased.dataSync()).toEqual(plain.add(b.reshape([inChannels, 1])).dataSync());
    }),
    RUNS,
  );
});
