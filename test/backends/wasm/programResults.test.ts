/** What programs leave: memory, results, functions that keep them. */
import {
  compile,
  F,
  getBackend,
  gradients,
  nn,
  ones,
  optim,
  Parameter,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { describe, expect, test } from "vitest";
import { convolutionStep } from "../../../src/backends/wasm/lower.ts";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { planOf } from "../../plan/planOf.ts";
import { benchForEach, convolutional, runAll, sgd, train } from "./bothBackends.ts";

const bench = benchForEach();

describe("memory", () => {
  test("is flat over 300 training steps, and nothing is compiled again", { timeout: 30_000 }, () => {
    const net = new nn.Sequential(
      new nn.Conv1d(2, 6, 5, { padding: "same" }),
      new nn.BatchNorm1d(6),
      new nn.GELU(),
      new nn.ConvTranspose1d(6, 2, 4, { stride: 2 }),
    );
    const optimizer = new optim.Adam([...net.parameters()]);
    const step = (): void => {
      const y = net.forward(randn([2, 2, 40]));
      optimizer.zeroGrad();
      F.mseLoss(y, zeros(y.shape)).backward();
      optimizer.step();
    };
    for (let i = 0; i < 5; i++) step();
    const { modules } = bench.watched;
    const bytes = bench.watched.bytes();
    for (let i = 0; i < 300; i++) step();
    expect(bench.watched).toMatchObject({ modules });
    expect(bench.watched.bytes()).toBe(bytes);
    expect(bench.watched.memories.length).toBe(1);
  });

  test("a larger program moves the arena, and the smaller one still runs", { timeout: 30_000 }, () =>
    bench.expectSame(() => {
      const net = convolutional();
      const run = (length: number): TypedArray => net.forward(randn([1, 2, length])).dataSync();
      return [run(20), run(3000), run(20), run(9000), run(3000), run(20)];
    }),
  );

  test("a signal that is too large is refused, and everything else goes on", () =>
    bench.expectSame(() => {
      const [net, x] = [convolutional(), randn([1, 2, 20])];
      const results = [net.forward(x).dataSync()];
      if (getBackend() === bench.backend)
        expect(() =>
          ones([1])
            .broadcastTo([2 ** 30])
            .add(x.sum())
            .dataSync(),
        ).toThrow("are not to be had");
      const others = [0, 1, 2, 3, 4].map(() => convolutional().forward(x).dataSync());
      return [...results, net.forward(x).dataSync(), ...others, net.forward(x)];
    }));

  test("programs that were forgotten are made again", { timeout: 30_000 }, () =>
    bench.expectSame(() => {
      const p = new Parameter(randn([1, 1, 2]));
      const lengths = Array.from({ length: 66 }, (_, i) => 5 + i);
      return [...lengths, ...lengths].map((length) => F.conv1d(randn([1, length]), p).dataSync());
    }),
  );
});

describe("results", () => {
  test("stay as they are when the program runs again", () => {
    const net = convolutional();
    const x = randn([1, 2, 20]);
    const first = net.forward(x).dataSync();
    const copy = first.slice();
    net.forward(randn([1, 2, 20])).dataSync();
    expect(first).toEqual(copy);
  });

  test("several, also the same one twice, and what was given", () =>
    bench.expectSame(() => {
      const x = randn([2, 3]);
      const [y, z] = [x.mul(2), x.reshape([6])];
      return runAll([y, z], [y, x, z, y, x]);
    }));

  test("of graphs without any step", () =>
    bench.expectSame(() => {
      const x = randn([2, 3]);
      const y = x.reshape([6]);
      return [...runAll([y], [y]), ...runAll([x], [x])];
    }));

  test("of graphs that do not need all that is given", () =>
    bench.expectSame(() => {
      const z = randn([3]).mul(2);
      return runAll([randn([4]), z, new Parameter(randn([5])), zeros([0])], [z]);
    }));

  test("of float64 and integers among float32", () =>
    bench.expectSame(() => {
      const x = randn([2, 3, 10]);
      const w = new Parameter(randn([4, 3, 3], { dtype: "float64" }));
      const y = F.conv1d(x.to("float64"), w).to("float32");
      const z = F.maxPool1d(F.conv1d(y, randn([2, 4, 2])), 2);
      return [y, z, z.argmax(2), z.to("int32").add(1), z.to("int64").mul(2)];
    }));
});

describe("matrices without rows or columns", () => {
  const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
    [
      [2, 0],
      [0, 3],
    ],
    [
      [9, 0],
      [0, 9],
    ],
    [
      [0, 3],
      [3, 9],
    ],
    [
      [5, 3],
      [3, 0],
    ],
    [
      [0, 3],
      [3, 0],
    ],
    [
      [2, 3, 0],
      [2, 0, 4],
    ],
    [
      [0, 3, 2],
      [0, 2, 4],
    ],
  ];

  /** Loops over nothing in steps of nothing have no end, and nobody could stop this test. */
  function expectEnd(...roots: Tensor[]): void {
    const plan = planOf(...roots);
    for (const step of plan.steps) {
      const { schedule } = convolutionStep(step, plan.values[step.output]!.dtype) ?? {};
      if (schedule && schedule.algorithm !== "positions") expect(schedule.tile.rows).toBeGreaterThan(0);
    }
  }

  test.each(shapes)("[%s] times [%s], and its gradients", (left, right) =>
    bench.expectSame(() => {
      const memory = randn([100]).mul(3); // numbers that must not be seen again
      const [a, b] = [randn(left, { requiresGrad: true }), randn(right, { requiresGrad: true })];
      const y = F.matmul(a, b);
      const all = [y, ...gradients(y, [a, b], { gradOutput: randn(y.shape) })];
      expectEnd(...all);
      return [memory.dataSync(), ...all];
    }),
  );
});

describe("compile", () => {
  test("follows training, assign and values that are not computed yet", () =>
    bench.expectSame(() => {
      const net = convolutional();
      const run = compile(net, [1, 2, 20]);
      const optimizer = sgd(net);
      const x = randn([1, 2, 20]);
      const numbers = x.dataSync();
      const results = [run(numbers).slice()];
      train(net, optimizer, x);
      results.push(run(numbers).slice());
      for (const parameter of net.parameters()) parameter.assign(randn(parameter.shape));
      results.push(run(numbers).slice());
      for (const parameter of net.parameters()) parameter.assign(parameter.mul(2));
      results.push(run(numbers).slice(), run(numbers).slice());
      return [...results, net.forward(x)];
    }));

  test("of a network with values that are not computed yet", () =>
    bench.expectSame(() => {
      const net = convolutional();
      for (const parameter of net.parameters()) parameter.assign(parameter.mul(2));
      const run = compile(net, [1, 2, 20]);
      const numbers = randn([1, 2, 20]).dataSync();
      const results = [run(numbers).slice()];
      for (const parameter of net.parameters()) parameter.assign(parameter.mul(3));
      return [...results, run(numbers)];
    }));

  test("several, in turns with each other and with training", () =>
    bench.expectSame(() => {
      const nets = [convolutional(), convolutional()];
      const runs = nets.map((net, i) => compile(net, [1 + i, 2, 20]));
      const optimizers = nets.map(sgd);
      const results: TypedArray[] = [];
      for (const turn of [0, 1, 1, 0, 1, 0]) {
        results.push(runs[turn]!(randn([1 + turn, 2, 20]).dataSync()).slice());
        if (turn === 1) train(nets[turn]!, optimizers[turn]!, randn([2, 2, 20]));
      }
      return results;
    }));

  test("of functions of several inputs, some of which they do not need, or give back", () =>
    bench.expectSame(() => {
      const [a, b, c] = [randn([4]).dataSync(), randn([4]).dataSync(), randn([4]).dataSync()];
      const sum = compile((x, _, z) => x!.add(z!).mul(2), [[4], [4], [4]]);
      const same = compile((x) => x!, [4]);
      const constant = compile(() => tensor([1, 2, 3]), [4]);
      const into = new Float32Array(4);
      sum(a, b, c, into);
      return [sum(a, b, c).slice(), sum(c, a, b).slice(), into, same(a).slice(), same(b).slice(), constant(a)];
    }));
});
