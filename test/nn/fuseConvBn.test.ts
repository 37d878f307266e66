import { F, nn, noGrad, OptionTypeError, rand, randn, ShapeError, tensor } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** A norm that has seen something, with weights of its own. */
function trained(features: number, options: { affine?: boolean } = {}): nn.BatchNorm1d {
  const norm = new nn.BatchNorm1d(features, { dtype: "float64", momentum: 0.7, ...options });
  norm.forward(randn([8, features, 5], { dtype: "float64" }).mul(3).add(2));
  if (norm.weight) norm.weight.assign(rand([features], { dtype: "float64" }).add(0.5));
  if (norm.bias) norm.bias.assign(rand([features], { dtype: "float64" }));
  return norm.eval();
}

const largest = (x: ReturnType<typeof rand>): number => x.abs().max().item();

describe("fuseConvBn", () => {
  test("is the two layers in one, for both convolutions and every option", () => {
    const cases = fc.record({
      transposed: fc.boolean(),
      groups: fc.integer({ min: 1, max: 3 }),
      bias: fc.boolean(),
      affine: fc.boolean(),
      stride: fc.integer({ min: 2, max: 3 }),
      paddingMode: fc.constantFrom("zeros" as const, "reflect" as const, "circular" as const),
    });
    fc.assert(
      fc.property(cases, ({ transposed, groups, bias, affine, stride, paddingMode }) => {
        const options = { groups, bias, stride, paddingMode, padding: [1, 2] as const, dtype: "float64" as const };
        const [inChannels, outChannels] = [2 * groups, 3 * groups];
        const conv = transposed
          ? new nn.ConvTranspose1d(inChannels, outChannels, 4, { ...options, outputPadding: 1 })
          : new nn.Conv1d(inChannels, outChannels, 4, options);
        const norm = trained(outChannels, { affine });
        const x = randn([2, inChannels, 9], { dtype: "float64" });
        const fused = nn.utils.fuseConvBn(conv, norm);
        expect(fused.constructor).toBe(conv.constructor);
        expect(largest(fused.forward(x).sub(norm.forward(conv.forward(x))))).toBeLessThan(1e-12);
      }),
    );
  });

  test("leaves both layers alone, and does not draw", () => {
    const conv = new nn.Conv1d(2, 3, 2, { dtype: "float64" });
    const before = conv.weight.toArray();
    nn.utils.fuseConvBn(conv, trained(3)).weight.assign(tensor(new Float64Array(12), { shape: [3, 2, 2] }));
    expect(conv.weight.toArray()).toEqual(before);
    expect(noGrad(() => F.relu(conv.forward(rand([2, 4], { dtype: "float64" })))).shape).toEqual([3, 3]);
  });

  test("what does not fit", () => {
    const conv = new nn.Conv1d(2, 3, 2);
    expect(() => nn.utils.fuseConvBn(conv, new nn.BatchNorm1d(4))).toThrow(
      new ShapeError("fuseConvBn: 3 output channels do not meet 4 normalised ones"),
    );
    expect(() => nn.utils.fuseConvBn(conv, new nn.BatchNorm1d(3, { trackRunningStats: false }))).toThrow(
      new OptionTypeError("fuseConvBn: the BatchNorm1d keeps no running statistics"),
    );
    expect(() => nn.utils.fuseConvBn(new nn.Linear(2, 3) as never, new nn.BatchNorm1d(3))).toThrow(
      "fuseConvBn: expected a Conv1d or ConvTranspose1d and a BatchNorm1d, got Linear and BatchNorm1d",
    );
  });
});
