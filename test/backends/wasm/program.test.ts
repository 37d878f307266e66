/** What a program reads: parameters, which keep their place in memory, and what is made of them alone. */
import {
  compile,
  evaluateSync,
  F,
  gradients,
  manualSeed,
  nn,
  noGrad,
  Parameter,
  randn,
  reference,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { describe, expect, test } from "vitest";
import type { TypedArray } from "../../../src/core/dtype.ts";
import { benchForEach, convolutional, runAll, sgd, train } from "./bothBackends.ts";

const bench = benchForEach();

describe("parameters", () => {
  test("follow an optimizer", () =>
    bench.expectSame(() => {
      const net = convolutional();
      const optimizer = sgd(net);
      const x = randn([2, 2, 20]);
      const results = [0, 1, 2, 3].map(() => train(net, optimizer, x).dataSync());
      return [...results, net.forward(x), ...net.parameters()];
    }));

  test("follow assign and loadStateDict", () =>
    bench.expectSame(() => {
      const [net, other] = [convolutional(), convolutional()];
      const x = randn([1, 2, 20]);
      const results = [net.forward(x).dataSync()];
      net.loadStateDict(other.stateDict());
      results.push(net.forward(x).dataSync());
      for (const parameter of net.parameters()) parameter.assign(randn(parameter.shape));
      results.push(net.forward(x).dataSync());
      for (const parameter of net.parameters()) parameter.assign(parameter.mul(2)); // not computed yet
      return [...results, net.forward(x), net.forward(x)];
    }));

  test("of two networks of one structure, in turns", () =>
    bench.expectSame(() => {
      const nets = [convolutional(), convolutional()];
      const optimizers = nets.map(sgd);
      const x = randn([2, 2, 20]);
      const results: TypedArray[] = [];
      for (const turn of [0, 1, 0, 1, 1, 0]) results.push(train(nets[turn]!, optimizers[turn]!, x).dataSync());
      for (const turn of [0, 1, 0]) results.push(nets[turn]!.forward(x).dataSync());
      return results;
    }));

  test("an expression from before an optimizer step has the weights from before", () =>
    bench.expectSame(() => {
      const net = convolutional();
      const optimizer = sgd(net);
      const x = randn([2, 2, 20]);
      const early = net.forward(x).mul(1);
      const results = [train(net, optimizer, x).dataSync(), net.forward(x).dataSync()];
      const late = net.forward(x).mul(1);
      return [...results, early.dataSync(), late.dataSync(), net.forward(x)];
    }));

  test("two values of one parameter in one evaluation", () =>
    bench.expectSame(() => {
      const p = new Parameter(randn([3, 2, 3]));
      const q = new Parameter(randn([4]));
      const x = randn([1, 2, 20]);
      const results: Tensor[] = [];
      for (let i = 0; i < 3; i++) {
        results.push(F.conv1d(x, p), q.mul(3));
        p.assign(randn([3, 2, 3]));
        q.assign(randn([4]));
      }
      const all = [...results, F.conv1d(x, p), q.mul(3)];
      evaluateSync(all);
      return [...all, q.add(results[1]!.sub(q))];
    }));

  test("a parameter that is trained, then frozen: two nodes of one value", () =>
    bench.expectSame(() => {
      const p = new Parameter(randn([3, 2, 3]));
      const x = randn([1, 2, 20]);
      const free = F.conv1d(x, p);
      p.requiresGrad = false;
      const frozen = F.conv1d(x, p);
      return [free.sub(frozen.mul(0.5)), p.mul(2)];
    }));

  test("shared by two layers", () =>
    bench.expectSame(() => {
      const conv = new nn.Conv1d(3, 5, 4, { stride: 2, bias: false });
      const back = conv.transposed();
      const x = randn([2, 3, 20]);
      const optimizer = sgd(conv);
      const results: TypedArray[] = [];
      for (let i = 0; i < 3; i++) {
        optimizer.zeroGrad();
        const y = back.forward(conv.forward(x));
        y.backward({ gradient: randn(y.shape) });
        optimizer.step();
        results.push(y.dataSync(), conv.weight.grad!.dataSync());
      }
      return [...results, conv.weight];
    }));

  test("read as they are, and in several packed orders", () =>
    bench.expectSame(() => {
      const w = new Parameter(randn([6, 4, 3]));
      const x = randn([1, 4, 40]);
      const results: TypedArray[] = [];
      for (let i = 0; i < 3; i++) {
        const all = [
          F.conv1d(x, w),
          F.conv1d(x.slice(-1, 0, 5), w), // few samples: another kernel
          F.convTranspose1d(randn([1, 6, 10]), w),
          F.convTranspose1d(randn([1, 6, 10]), w, null, { stride: 3 }),
          F.conv1d(w, w), // the signal, too
          w.mul(w),
          F.matmul(w.reshape([6, 12]), w.reshape([12, 6])),
        ];
        evaluateSync(all);
        results.push(...all.map((y) => y.dataSync()));
        w.assign(w.mul(-0.5));
      }
      return results;
    }));

  test("a weight that is computed anew at every run is packed anew", () =>
    bench.expectSame(() => {
      const x = randn([1, 4, 40]);
      return [1, 2, 3].flatMap((i) => {
        const w = randn([6, 4, 3]);
        return [F.conv1d(x, w.mul(i)).dataSync(), F.conv1d(x, w).dataSync(), F.conv1d(x, w.neg()).dataSync()];
      });
    }));

  test("as results themselves", () =>
    bench.expectSame(() => {
      const p = new Parameter(randn([2, 3]));
      const y = p.mul(2);
      const results = runAll([y], [p, y, p, y]);
      p.assign(randn([2, 3]));
      return [...results, p.reshape([6]).dataSync(), p.reshape([3, 2]).add(1)];
    }));

  test("as results themselves, of one program and in turns", () =>
    bench.expectSame(() => {
      const [p, q] = [new Parameter(randn([2, 3])), new Parameter(randn([2, 3]))];
      const results: TypedArray[] = [];
      for (const parameter of [p, q, q, p]) results.push(...runAll([parameter.reshape([6])], [parameter]));
      const run = compile(() => p.reshape([6]), [1]);
      results.push(run(Float32Array.of(0)).slice());
      p.assign(randn([2, 3]));
      return [...results, run(Float32Array.of(0))];
    }));

  test("of every element type", () =>
    bench.expectSame(() => {
      const dtypes = ["float64", "int32", "int64"] as const;
      const parameters = dtypes.map(
        (dtype) => new Parameter(tensor([1, 2, 3], { dtype }), { requiresGrad: dtype === "float64" }),
      );
      const results = parameters.map((p) => p.mul(3).dataSync());
      for (const p of parameters) p.assign(tensor([5, 7, -8], { dtype: p.dtype }));
      return [...results, ...parameters.map((p) => p.mul(3).add(p))];
    }));
});

describe("what depends on parameters alone", () => {
  const normed = (): nn.Sequential =>
    new nn.Sequential(
      nn.utils.weightNorm(new nn.Conv1d(2, 4, 3)),
      new nn.ReLU(),
      nn.utils.weightNorm(new nn.ConvTranspose1d(4, 2, 4, { stride: 2 })),
    );

  test("is computed and packed when they change, and only then", () => {
    const net = normed();
    const run = (): TypedArray => noGrad(() => net.forward(randn([1, 2, 30])).dataSync());
    run();
    run(); // directions and lengths were computed along with the first
    const { prepare, modules } = bench.watched;
    for (let i = 0; i < 5; i++) run();
    expect(bench.watched).toMatchObject({ prepare, modules });
    const [length] = [...net.parameters()].filter((parameter) => parameter.shape.length === 3);
    length!.assign(tensor(length!.dataSync(), { shape: length!.shape }));
    for (let i = 0; i < 5; i++) run();
    expect(bench.watched).toMatchObject({ prepare: prepare + 1, modules });
  });

  test("is right after every change, for two networks in turns", async () => {
    const script = (): TypedArray[] => {
      const nets = [normed(), normed()];
      const x = randn([1, 2, 30]);
      const results: TypedArray[] = [];
      for (let i = 0; i < 8; i++) {
        const net = nets[i % 2]!;
        results.push(noGrad(() => net.forward(x).dataSync()));
        if (i % 3 === 0) for (const p of net.parameters()) p.assign(randn(p.shape));
      }
      return results;
    };
    await setBackend(reference());
    manualSeed(1);
    const expected = script();
    await setBackend(bench.backend);
    manualSeed(1);
    // The norm is a sum, which may differ in its last place.
    script().forEach((array, i) => {
      array.forEach((value, t) => {
        expect(Number(value)).toBeCloseTo(Number(expected[i]![t]), 5);
      });
    });
  });

  test("packs follow their parameters and no others", () => {
    const nets = [convolutional(), convolutional()];
    const run = (net = 0, length = 20): TypedArray =>
      noGrad(() => nets[net]!.forward(randn([1, 2, length])).dataSync());
    run();
    run();
    expect(bench.watched.packs).toBe(3);
    const { modules } = bench.watched;
    const [first] = [...nets[0]!.parameters()];
    first!.assign(randn(first!.shape));
    run();
    expect(bench.watched.packs).toBe(4);
    // Another network, by the same program, has packs of its own.
    for (const net of [1, 0, 1, 0]) run(net);
    expect(bench.watched).toMatchObject({ packs: 7, modules });
    // Another program that reads the same packs, for signals of another length.
    run(0, 24);
    expect(bench.watched).toMatchObject({ packs: 7, modules: modules + 1 });
  });
});

describe("weights that are not finite", () => {
  const layers = [
    () => new nn.ConvTranspose1d(3, 2, 4, { bias: false }),
    () => new nn.ConvTranspose1d(3, 2, 4, { bias: false, stride: 2 }),
    () => new nn.Conv1d(3, 2, 4, { bias: false }),
  ];

  test.each([0, 1, 2])("are multiplied as the reference does, layer %i", (i) =>
    bench.expectSame(() => {
      const layer = layers[i]!();
      const x = randn([2, 3, 12]);
      const finite = layer.weight.dataSync();
      const results: TypedArray[] = [];
      for (const value of [1, Number.POSITIVE_INFINITY, 1, Number.NaN, Number.NEGATIVE_INFINITY, 2]) {
        const w = finite.slice();
        w[7] = value;
        layer.weight.assign(tensor(w, { shape: layer.weight.shape }));
        results.push(noGrad(() => layer.forward(x).relu().dataSync()));
      }
      return results;
    }),
  );

  test("take the reference kernel while they are there, and only then", () => {
    const layer = layers[0]!();
    const run = (): TypedArray => noGrad(() => layer.forward(randn([1, 3, 12])).dataSync());
    const finite = layer.weight.detach();
    run();
    expect(bench.watched.byReference).toBe(0);
    layer.weight.assign(finite.div(zeros([])).detach());
    run();
    run();
    expect(bench.watched.byReference).toBe(2);
    layer.weight.assign(finite);
    run();
    expect(bench.watched.byReference).toBe(2);
  });

  test("also where they are computed in the same run, and in gradients", () =>
    bench.expectSame(() => {
      const w = tensor([1, 2, Number.POSITIVE_INFINITY, 4, -5, 6], { shape: [2, 1, 3], requiresGrad: true });
      const x = randn([1, 1, 9]);
      const g = randn([1, 2, 7]);
      const y = F.conv1d(x, w.mul(2));
      return [F.convTranspose1d(g, w.mul(2), null, { stride: 2 }), ...gradients(y, [w], { gradOutput: g })];
    }));
});
