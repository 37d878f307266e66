import { compile, F, GraphError, manualSeed, nn, optim, reference, setBackend, tensor, wasm } from "atrous";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

beforeEach(() => manualSeed(3));
afterEach(() => setBackend(wasm()));

const network = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv1d(2, 6, 3, { padding: "same" }),
    new nn.LeakyReLU(0.1),
    new nn.Conv1d(6, 3, 5, { stride: 2, dilation: 2 }),
  );
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i) * 2);

describe.each([
  ["wasm", wasm],
  ["reference", reference],
])("compile on %s", (_, backend) => {
  beforeEach(() => setBackend(backend()));

  test("gives the bits of forward, call after call", () => {
    const net = network();
    const run = compile(net, [2, 2, 40]);
    expect(run.shape).toEqual([2, 3, 16]);
    for (const scale of [1, -3, 0]) {
      const x = ramp(160).map((value) => value * scale);
      expect(Array.from(run(x))).toEqual(Array.from(net.forward(tensor(x, { shape: [2, 2, 40] })).dataSync()));
    }
  });

  test("the result is one array that the next call overwrites, or the one that is given", () => {
    const run = compile(network(), [2, 40]);
    const first = run(ramp(80));
    const copy = first.slice();
    expect(run(new Float32Array(80))).toBe(first);
    expect(first).not.toEqual(copy);
    const own = new Float32Array(48);
    expect(run(ramp(80), own)).toBe(own);
    expect(own).toEqual(copy);
  });

  test("follows parameters through training steps, assignment and loading", () => {
    const net = network();
    const run = compile(net, [1, 2, 20]);
    const x = ramp(40);
    const now = (): number[] => Array.from(net.forward(tensor(x, { shape: [1, 2, 20] })).dataSync<Float32Array>());
    const before = Array.from(run(x));
    net
      .forward(tensor(x, { shape: [1, 2, 20] }))
      .sum()
      .backward();
    new optim.SGD(net.parameters(), { lr: 0.1 }).step();
    expect(Array.from(run(x))).toEqual(now());
    expect(Array.from(run(x))).not.toEqual(before);
    net.loadStateDict(network().stateDict());
    expect(Array.from(run(x))).toEqual(now());
  });

  test("weights that the graph computes, such as normalised ones, follow too", () => {
    const layer = nn.utils.weightNorm(new nn.Conv1d(1, 2, 3));
    const run = compile(layer, [1, 8]);
    const parameters = layer.parameters();
    const before = Array.from(run(ramp(8)));
    parameters[0]!.assign(parameters[0]!.mul(2).add(1));
    const after = Array.from(run(ramp(8)));
    expect(after).not.toEqual(before);
    expect(after).toEqual(Array.from(layer.forward(tensor(ramp(8), { shape: [1, 8] })).dataSync()));
  });

  test("functions of several tensors, also of one that does not matter", () => {
    const run = compile((a, b, _unused) => F.relu(a.sub(b)), [[2, 3], [3], [1]]);
    expect(Array.from(run(ramp(6), Float32Array.of(0, 1, -1), new Float32Array(1)))).toEqual(
      Array.from(ramp(6), (value, i) => Math.max(Math.fround(value - [0, 1, -1][i % 3]!), 0)),
    );
  });

  test("a function that returns its input, or a reshaped one", () => {
    expect(Array.from(compile((x) => x, [3])(Float32Array.of(1, 2, 3)))).toEqual([1, 2, 3]);
    expect(compile((x) => x.reshape([3, 1]), [3]).shape).toEqual([3, 1]);
    expect(Array.from(compile((x) => x.reshape([3, 1]), [3])(Float32Array.of(4, 5, 6)))).toEqual([4, 5, 6]);
  });

  test("a function of nothing but its own parameters", () => {
    const layer = new nn.Conv1d(1, 1, 2);
    const run = compile((_) => layer.weight.mul(2), [1]);
    expect(Array.from(run(new Float32Array(1)))).toEqual(Array.from(layer.weight.mul(2).dataSync<Float32Array>()));
    layer.weight.assign(tensor([[[5, 6]]]));
    expect(Array.from(run(new Float32Array(1)))).toEqual([10, 12]);
  });

  test("dropout and batch norm are compiled as in evaluation, and the module stays in training", () => {
    const net = new nn.Sequential(new nn.BatchNorm1d(2), new nn.Dropout(0.5));
    const run = compile(net, [1, 2, 4]);
    expect(net.training).toBe(true);
    const x = ramp(8);
    const scaled = Array.from(run(x));
    net.eval();
    expect(scaled).toEqual(Array.from(net.forward(tensor(x, { shape: [1, 2, 4] })).dataSync()));
  });

  test("float64", () => {
    const layer = new nn.Conv1d(1, 2, 3, { dtype: "float64" });
    const run = compile<Float64Array>(layer, [1, 6], { dtype: "float64" });
    const x = Float64Array.from({ length: 6 }, (_, i) => 1 / (i + 1));
    expect(run(x)).toBeInstanceOf(Float64Array);
    expect(Array.from(run(x))).toEqual(
      Array.from(layer.forward(tensor(x, { shape: [1, 6], dtype: "float64" })).dataSync<Float64Array>()),
    );
  });

  test("refuses what is no network, no shape, no input", () => {
    expect(() => compile(3 as never, [1])).toThrow("compile: expected a module or a function of tensors, got 3");
    expect(() => compile((x) => x, 3 as never)).toThrow("compile: shape must be an array, got 3");
    expect(() => compile((x) => x, [1, -2])).toThrow("non-negative integer, got [1, -2]");
    expect(() => compile((() => 1) as never, [1])).toThrow("compile: expected the network to return a tensor, got 1");
    expect(() => compile((x) => x, [1], { dtyp: "float32" } as never)).toThrow("dtyp");
    const run = compile((x) => x, [2, 3]);
    expect(() => run(new Float32Array(5))).toThrow("compiled network: input 0 has shape [2, 3], 6 numbers, got 5");
    expect(() => run(new Float64Array(6) as never)).toThrow("input 0 must be the typed array of float32");
    expect(() => run(new Float32Array(6), new Float32Array(7))).toThrow(
      "the result has shape [2, 3], 6 numbers, got 7",
    );
    expect(() => compile((a, b) => a.add(b), [[1], [1]])(new Float32Array(1))).toThrow("expected 2 arrays, got 1");
  });

  test("reading numbers while the network is compiled is an error that says so", () => {
    expect(() => compile((x) => x.mul(x.sum().item()), [3])).toThrow(GraphError);
  });
});

test("compile needs a backend that computes at once", async () => {
  await setBackend({ name: "later", synchronous: false, run: async () => [] });
  expect(() => compile((x) => x, [1])).toThrow("compile: backend later computes asynchronously");
});
