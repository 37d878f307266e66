import { nn } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Convolution, convolutions, filled, integers, RUNS, seeds, shapeOf } from "./arbitraries.ts";
import { outputLengthOf } from "./lengths.ts";

const layerOf = ({ inChannels, outChannels, kernelSize, options }: Convolution): nn.Conv1d =>
  new nn.Conv1d(inChannels, outChannels, kernelSize, { ...options, bias: false, dtype: "float64" });

test("transposed() restores the length, when asked at the call or beforehand, and is the adjoint", () => {
  fc.assert(
    fc.property(convolutions, seeds, (convolution, seed) => {
      const { batch, inChannels, length } = convolution;
      fc.pre(outputLengthOf(convolution) !== undefined);
      const conv = layerOf(convolution);
      const x = filled(shapeOf(batch, inChannels, length), integers(seed));
      const y = conv.forward(x);
      const asked = conv.transposed().forward(y, { outputLength: length });
      const prepared = conv.transposed({ inputLength: length });
      expect(asked.shape).toEqual(x.shape);
      expect(prepared.outputLength(y.shape.at(-1)!)).toBe(length);
      expect(prepared.forward(y).dataSync()).toEqual(asked.dataSync());
    }),
    RUNS,
  );
});

test("every length that a convolution accepts is restored", () => {
  fc.assert(
    fc.property(convolutions, (convolution) => {
      const conv = layerOf(convolution);
      for (let length = 1; length <= 24; length++) {
        const short = outputLengthOf({ ...convolution, length });
        if (short === undefined) continue;
        expect(conv.outputLength(length)).toBe(short);
        expect(conv.transposed({ inputLength: length }).outputLength(short)).toBe(length);
      }
    }),
    RUNS,
  );
});

test("transposed().transposed() is the same convolution with the same weight", () => {
  fc.assert(
    fc.property(convolutions, seeds, (convolution, seed) => {
      const { batch, inChannels, length } = convolution;
      fc.pre(outputLengthOf(convolution) !== undefined);
      const conv = layerOf(convolution);
      const adjoint = conv.transposed({ inputLength: length });
      const back = adjoint.transposed();
      expect(adjoint.weight).toBe(conv.weight);
      expect(back.weight).toBe(conv.weight);
      expect(back.toString()).toBe(conv.toString());
      const x = filled(shapeOf(batch, inChannels, length), integers(seed));
      expect(back.forward(x).dataSync()).toEqual(conv.forward(x).dataSync());
    }),
    RUNS,
  );
});
