import { F, gradients, type Tensor, tensor } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Convolution, convolutions, filled, integers, seeds, shapeOf } from "./arbitraries.ts";
import { outputLengthOf } from "./lengths.ts";

/**
 * Both layers and their gradients are linear in each argument alone, so a difference over a step of 1 is the derivative itself,
 * and with small integers there is no rounding either.
 */
const RUNS = { numRuns: 60 };

type Inputs = Record<"x" | "w" | "b" | "c", Tensor>;
type Layer = (inputs: Inputs) => Tensor;

interface Setting {
  readonly inputs: Inputs;
  readonly layer: Layer;
}

/** A convolution, or the transposed one that goes back, with integers for all its inputs and for the weights of its outputs. */
function setting(convolution: Convolution, transposed: boolean, next: () => number): Setting | undefined {
  const { inChannels, outChannels, length, weightShape, options } = convolution;
  const batch = convolution.batch === null ? null : Math.min(convolution.batch, 2);
  const short = outputLengthOf(convolution);
  if (short === undefined) return undefined;
  const long = filled(shapeOf(batch, inChannels, length), next);
  const narrow = filled(shapeOf(batch, outChannels, short), next);
  const w = filled(weightShape, next);
  return transposed
    ? {
        inputs: { x: narrow, w, b: filled([inChannels], next), c: long },
        layer: ({ x, w, b }) => F.convTranspose1d(x, w, b, { ...options, outputLength: length }),
      }
    : {
        inputs: { x: long, w, b: filled([outChannels], next), c: narrow },
        layer: ({ x, w, b }) => F.conv1d(x, w, b, options),
      };
}

const total = (terms: readonly Tensor[]): Tensor => terms.reduce((a, b) => a.add(b));

/** The derivative of `loss` with respect to one input, element by element. */
function differences(loss: (inputs: Inputs) => Tensor, inputs: Inputs, name: keyof Inputs): number[] {
  const { shape } = inputs[name];
  const data = inputs[name].dataSync() as Float64Array;
  const at = loss(inputs).item();
  return Array.from(data, (value, i) => {
    const moved = tensor(data.with(i, value + 1), { shape, requiresGrad: true });
    return loss({ ...inputs, [name]: moved }).item() - at;
  });
}

function check(order: number, transposed: boolean): void {
  fc.assert(
    fc.property(convolutions, seeds, (convolution, seed) => {
      fc.pre(convolution.length <= 8);
      const next = integers(seed);
      const made = setting(convolution, transposed, next);
      fc.pre(made !== undefined);
      const { inputs, layer } = made;
      const names = ["x", "w", "b", "c"] as const;
      const loss = derivedLoss(layer, inputs, order, next);
      const found = gradients(
        loss(inputs),
        names.map((name) => inputs[name]),
      );
      names.forEach((name, i) => {
        expect([...found[i]!.dataSync()], name).toEqual(differences(loss, inputs, name));
      });
    }),
    RUNS,
  );
}

/** Order 1: Σ y·c. Every further order: the sum of the gradients of the one before, each element weighed by an integer. */
function derivedLoss(layer: Layer, inputs: Inputs, order: number, next: () => number): (inputs: Inputs) => Tensor {
  if (order === 1) return (given) => layer(given).mul(given.c).sum();
  const before = derivedLoss(layer, inputs, order - 1, next);
  const names = ["x", "w", "b", "c"] as const;
  const weights = names.map((name) => filled(inputs[name].shape, next));
  return (given) =>
    total(
      gradients(
        before(given),
        names.map((name) => given[name]),
      ).map((g, i) => g.mul(weights[i]!).sum()),
    );
}

test.each([
  ["conv1d", 1, "gradients"],
  ["conv1d", 2, "gradients of gradients"],
  ["conv1d", 3, "third derivatives"],
  ["convTranspose1d", 1, "gradients"],
  ["convTranspose1d", 2, "gradients of gradients"],
  ["convTranspose1d", 3, "third derivatives"],
])("%s: order %i, %s, are the differences over a step of 1", (op, order) => {
  check(order, op === "convTranspose1d");
});
