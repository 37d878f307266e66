import { getBackend, manualSeed, nn, optim, randn, reference, setBackend, type Tensor, wasm } from "atrous";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import type { TypedArray } from "../../../src/core/dtype.ts";
import type { Backend } from "../../../src/graph/backend.ts";
import { graphOf } from "../../plan/planOf.ts";
import { type Watched, watchEngine } from "./watchEngine.ts";

interface Bench {
  /** What the engine has done for the wasm backend of this test. */
  readonly watched: Watched;
  readonly backend: Backend;
  /** What a script computes, on both backends from the same seed: the same bits. */
  expectSame(script: () => readonly (Tensor | TypedArray)[]): Promise<void>;
}

/** For every test of a file a new wasm backend, whose engine is watched, and the same random numbers. */
export function benchForEach(): Bench {
  const before = getBackend();
  let watched: Watched;
  let backend: Backend;
  beforeEach(async () => {
    watched = watchEngine();
    backend = wasm();
    await setBackend(backend);
    manualSeed(1);
  });
  afterEach(() => watched.stop());
  afterAll(() => setBackend(before));
  return {
    get watched() {
      return watched;
    },
    get backend() {
      return backend;
    },
    async expectSame(script) {
      const results: TypedArray[][] = [];
      for (const each of [reference(), backend]) {
        await setBackend(each);
        manualSeed(1);
        results.push(script().map((result) => ("dataSync" in result ? result.dataSync() : result.slice())));
      }
      const [expected, actual] = results as [TypedArray[], TypedArray[]];
      expect(actual).toEqual(expected);
      // A script of nothing but zeros shows nothing.
      expect(expected.some((array) => array.some((value) => Number(value) !== 0))).toBe(true);
    },
  };
}

/** Convolutions without biases, whose gradients would be sums: both backends compute it to the last bit. */
export const convolutional = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv1d(2, 5, 3, { bias: false }),
    new nn.LeakyReLU(0.25),
    new nn.ConvTranspose1d(5, 3, 4, { stride: 2, bias: false }),
    new nn.Conv1d(3, 2, 3, { bias: false, padding: "same" }),
  );

/** A step with a random gradient of the result, because a loss would be a sum. */
export function train(net: nn.Module, optimizer: optim.Optimizer, x: Tensor): Tensor {
  optimizer.zeroGrad();
  const y = net.forward(x) as Tensor;
  y.backward({ gradient: randn(y.shape) });
  optimizer.step();
  return y;
}

export const sgd = (net: nn.Module): optim.Optimizer =>
  new optim.SGD([...net.parameters()], { lr: 0.125, momentum: 0.5 });

/** What the backend makes of the graph behind `roots`, asked for `outputs`. */
export function runAll(roots: readonly Tensor[], outputs: readonly Tensor[]): TypedArray[] {
  const { order } = graphOf(...roots);
  const nodes = outputs.map((x) => x.node());
  return getBackend().run(order, nodes) as TypedArray[];
}
