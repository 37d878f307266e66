/** What follows a convolution is computed with its results, while these are still in the cache: it must change no bit. */
import { F, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.ts";
import { convolutionStep } from "../../src/backends/wasm/lower.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import { sizeOf } from "../../src/core/shape.ts";
import { topologicalOrder } from "../../src/graph/evaluate.ts";
import { conv, convInput, convWeight } from "../../src/ops/convolution/kernels.ts";
import { leavesOf } from "../../src/plan/leaves.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import { convolutions } from "../cases/convolutions.ts";
import { WatchedSpace } from "../fuzz/watchedRun.ts";
import { filledWith, firstDifference } from "./contents.ts";

let seed = 0;
const leaf = (...shape: number[]): Tensor =>
  tensor(filledWith(++seed % 5 === 0 ? "zeros" : "ordinary", sizeOf(shape), 37 * seed), { shape });

/** By what they read beside the result y of shape [n, c, l], or do with it. Exact functions only. */
const epilogues: Record<string, (y: Tensor, n: number, c: number, l: number) => Tensor> = {
  "one number": (y) => y.mul(leaf()),
  "a bias": (y, _, c) => y.add(leaf(c, 1)),
  "a residual": (y, n, c, l) => leaf(n, c, l).add(y),
  "a gate": (y, n, c, l) => y.mul(leaf(n, c, l)).add(leaf(n, c, l)),
  "a number for each time": (y, _, __, l) => y.sub(leaf(l)),
  "a number for each signal": (y, n) => leaf(n, 1, 1).maximum(y),
  "a number for each channel of each signal": (y, n, c) => y.mul(leaf(n, c, 1)),
  "a number for each time of each signal": (y, n, _, l) => y.minimum(leaf(n, 1, l)),
  "a number for each time of each channel": (y, _, c, l) => y.div(leaf(c, l)),
  "the result alone": (y) => F.leakyRelu(y, 0.1),
  "the result several times": (y) => y.mul(y).add(y.abs()).sub(y.floor()),
  "a number for each element in a row": (y, n, c, l) => y.reshape([n * c * l]).add(leaf(n * c * l)),
  "what layers do": (y, n, c, l) =>
    F.leakyRelu(y.add(leaf(c, 1)), 0.2)
      .mul(0.5)
      .add(leaf(n, c, l)),
  "one array in two ways": (y, n, c, l) => {
    const z = leaf(1, 1, l);
    return y.add(z).mul(z.sub(leaf(1, 1, 1)).add(leaf(n, c, l)));
  },
  "a choice": (y, _, c) => F.where(y.less(0), leaf(c, 1), y.add(leaf(c, 1)).relu()),
};

const kernels = {
  conv1d: {
    make: (g: Conv1dGeometry) =>
      conv(leaf(g.batch, g.inChannels, g.xLength), leaf(g.outChannels, g.inChannels / g.groups, g.kernelSize), g),
    fused: true,
  },
  conv1dInput: {
    make: (g: Conv1dGeometry) =>
      convInput(leaf(g.batch, g.outChannels, g.gLength), leaf(g.outChannels, g.inChannels / g.groups, g.kernelSize), g),
    fused: true,
  },
  conv1dWeight: {
    make: (g: Conv1dGeometry) =>
      convWeight(leaf(g.batch, g.inChannels, g.xLength), leaf(g.batch, g.outChannels, g.gLength), g),
    fused: false,
  },
};

const watched = new WatchedSpace();
/** Whose results are stored, read again and finished in the last portion only. */
const inPortions = convolutions.filter(({ name }) => name.startsWith("sums in portions"));
// Of the others some; a prime, so that it does not fall into step with the families.
const cases = [...inPortions, ...convolutions.filter(({ geometry }, i) => i % 17 === 3 && geometry.batch > 0)];

describe.each(Object.entries(kernels))("%s, followed by exact functions", (_, { make, fused }) => {
  test.each(cases)("$name", ({ geometry }) => {
    seed = 0;
    // Each epilogue follows a convolution of its own: a result that several read is stored for them.
    const outputs = Object.values(epilogues).map((follow) => {
      const y = make(geometry);
      return follow(y, ...(y.shape as [number, number, number])).node();
    });
    const order = topologicalOrder(outputs, ({ value }) => value === null);
    const leaves = leavesOf(order);
    const plan = makePlan(order, outputs, (x) => leaves.indexOf(x) % 3 === 1);
    const names = Object.keys(epilogues);
    const own = plan.steps.filter(({ call, epilogue }) => call.kernel.startsWith("conv1d") && epilogue);
    expect(own.length).toBe(names.length);
    if (fused) for (const step of own) expect(convolutionStep(step, "float32")!.finishes).toBe(true);
    const expected = reference().run(order, outputs) as TypedArray[];
    watched.run(plan, leaves).forEach((array, i) => {
      const at = firstDifference(array as Float32Array, expected[i] as Float32Array);
      if (at >= 0) expect.fail(`${names[i]}: element ${at} is ${array[at]} instead of ${expected[i]![at]}`);
    });
  });
});
