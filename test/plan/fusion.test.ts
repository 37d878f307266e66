import { F, nn, Parameter, randn, type Tensor, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import type { DType } from "../../src/core/dtype.ts";
import { stridesOf } from "../../src/core/shape.ts";
import type { Op } from "../../src/graph/op.ts";
import { makeLeaf, makeNode, Tensor as Node } from "../../src/graph/tensor.ts";
import { leavesOf } from "../../src/plan/leaves.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import { graphOf, planOf, stepsOf, wordsOf } from "./planOf.ts";

const [batch, channels, length] = [2, 4, 10];
const x = randn([batch, channels, length]);
const conv = new nn.Conv1d(channels, channels, 3, { padding: 1 });
const other = new nn.Conv1d(channels, channels, 1);

describe("one step", () => {
  test("convolution, bias, leakyRelu", () => {
    const plan = planOf(F.leakyRelu(conv.forward(x), 0.1));
    expect(plan.steps.map(wordsOf)).toEqual(["conv1d: add less mul select"]);
    const [{ call, inputs, epilogue }] = plan.steps as [(typeof plan.steps)[0]];
    expect(call).toMatchObject({ kernel: "conv1d", attributes: { kernelSize: 3, padBefore: 1 } });
    expect(epilogue!.shape).toEqual([batch, channels, length]);
    expect(epilogue!.strides.slice(0, 2)).toEqual([stridesOf([batch, channels, length]), [0, 1, 0]]);
    expect(epilogue!.body[0]).toEqual({ fn: "add", arguments: [0, 1] });
    const [weight, bias] = [inputs[1]!, inputs[2]!].map((value) => plan.values[value]);
    expect([weight, bias]).toEqual([
      { dtype: "float32", size: conv.weight.size, fixed: true },
      { dtype: "float32", size: channels, fixed: true },
    ]);
  });

  test.each<[string, () => Tensor, string[]]>([
    ["convolution, bias, residual", () => conv.forward(x).add(x), ["conv1d: add add"]],
    ["unbatched", () => F.relu(conv.forward(randn([channels, length]))), ["conv1d: add relu"]],
    ["unbatched residual", () => unbatched().add(conv.forward(unbatched())), ["conv1d: add add"]],
    ["transposed", () => new nn.ConvTranspose1d(4, 2, 4, { stride: 2 }).forward(x).tanh(), ["conv1dInput: add tanh"]],
    ["without bias", () => new nn.Conv1d(4, 2, 3, { bias: false }).forward(x).mul(2), ["conv1d: mul"]],
    ["reshaped behind", () => conv.forward(x).flatten(1).relu(), ["conv1d: add relu"]],
    ["a matrix product", () => F.matmul(randn([3, 4]), randn([4, 5])).add(randn([5])), ["conv1d: add"]],
    ["an update", () => weightGradient(1).mul(0.1), ["conv1dWeight: mul"]],
    ["an update of groups", () => weightGradient(2).mul(0.1), ["conv1dWeight: mul"]],
    ["x · sigmoid(x)", () => x.mul(x.sigmoid()), ["map: sigmoid mul"]],
    ["gelu", () => F.gelu(x), ["map: mul mul erf add mul"]],
    [
      "another shape in between",
      () =>
        x
          .tanh()
          .reshape([4, 20])
          .mul(zeros([20]))
          .flatten()
          .relu(),
      ["map: tanh mul relu"],
    ],
    ["cuts that do not meet", () => zeros([6, 4]).tanh().reshape([8, 3]).neg(), ["map: tanh neg"]],
    [
      "no elements",
      () =>
        zeros([0, 4, 3])
          .add(zeros([4, 1]))
          .relu()
          .reshape([4, 0])
          .exp(),
      ["map: add relu exp"],
    ],
    ["no elements, convolved", () => conv.forward(zeros([0, 4, 10])).relu(), ["conv1d: add relu"]],
    ["one number", () => zeros([]).exp().reshape([1, 1]).neg(), ["map: exp neg"]],
    ["integers", () => tensor([1, 2], { dtype: "int32" }).add(1).mul(3), ["map: add mul"]],
  ])("%s", (_name, build, steps) => {
    expect(stepsOf(build())).toEqual(steps);
  });

  const unbatched = (): Tensor => zeros([channels, length]);
  const weightGradient = (groups: number): Tensor => {
    const w = randn([4, 4 / groups, 3], { requiresGrad: true });
    F.conv1d(x, w, null, { groups }).backward({ gradient: zeros([batch, channels, length - 2]) });
    return w.grad!;
  };
});

describe("several steps", () => {
  test.each<[string, () => Tensor[], string[]]>([
    [
      "two convolutions into one gate",
      () => [conv.forward(x).tanh().mul(other.forward(x).sigmoid())],
      ["conv1d", "conv1d: add tanh add sigmoid mul"],
    ],
    [
      "a gate of split channels",
      () => {
        const [a, b] = conv.forward(x).chunk(2, 1) as [Tensor, Tensor];
        return [a.tanh().mul(b.sigmoid())];
      },
      ["conv1d: add", "gather", "gather", "map: tanh sigmoid mul"],
    ],
    ["a result asked for is a step's", () => both(x.tanh(), (h) => h.neg().relu()), ["map: tanh", "map: neg relu"]],
    ["a convolution asked for", () => both(other.forward(x), (y) => y.relu()), ["conv1d: add", "map: relu"]],
    ["a convolution read twice", () => [twice()], ["conv1d", "sum", "map: sub"]],
    ["what broadcasts is computed once", () => [zeros([4, 1]).sigmoid().mul(x)], ["map: sigmoid", "map: mul"]],
    [
      "a convolution broadcast to nothing",
      () => [F.conv1d(zeros([1, 4, 10]), other.weight).add(zeros([0, 4, 10]))],
      ["conv1d", "map: add"],
    ],
    ["two element types", () => [zeros([3]).exp().to("float64").neg()], ["map: exp", "cast", "map: neg"]],
    ["another order", () => [x.exp().transpose(1, 2).add(1)], ["map: exp", "copy", "map: add"]],
  ])("%s", (_name, build, steps) => {
    expect(stepsOf(...build())).toEqual(steps);
  });

  const both = (a: Tensor, then: (a: Tensor) => Tensor): Tensor[] => [a, then(a)];
  const plain = (): Tensor => F.conv1d(x, conv.weight);
  const twice = (): Tensor => {
    const y = plain();
    return y.sub(y.sum());
  };

  test("of two convolutions, the last one takes what reads both", () => {
    const plan = planOf(conv.forward(x).tanh().mul(other.forward(x)));
    expect(plan.steps).toMatchObject([
      { call: { attributes: { kernelSize: 3 } }, epilogue: null },
      { call: { attributes: { kernelSize: 1 } }, epilogue: { body: [{ fn: "add" }, { fn: "tanh" }, {}, {}] } },
    ]);
  });

  test("the convolution waits for what its epilogue reads", () => {
    const plan = planOf(conv.forward(x).add(zeros([batch, channels]).sum(0).exp().reshape([channels, 1])));
    expect(plan.steps.map(wordsOf)).toEqual(["sum", "map: exp", "conv1d: add add"]);
  });

  /** A function of the kernel list, read and made as no operation does it. */
  const odd = (fn: "less" | "add", a: Tensor, strides: readonly number[], dtype: DType): Tensor => {
    const op: Op<undefined> = {
      name: "odd",
      lower: ({ shape }) => ({ kernel: "elementwise", attributes: { fn, shape, strides: [strides, strides] } }),
      gradient: null,
    };
    return makeNode(op, [a, a], undefined, a.shape, dtype);
  };

  test("a function from one element type to another is alone", () => {
    const less = odd("less", zeros([3]).exp(), [1], "int32");
    expect(stepsOf(less.add(1))).toEqual(["map: exp", "map: less", "map: add"]);
    const there = odd("less", tensor([1, 2], { dtype: "int32" }), [1], "float32");
    expect(stepsOf(odd("less", there, [1], "int32"))).toEqual(["map: less", "map: less"]);
    expect(stepsOf(odd("less", F.conv1d(x, conv.weight), [32, 8, 1], "int32"))).toEqual(["conv1d", "map: less"]);
  });

  test("a function that reads in another order is alone", () => {
    expect(stepsOf(odd("add", zeros([3, 3]).exp(), [1, 3], "float32"))).toEqual(["map: exp", "map: add"]);
    expect(stepsOf(odd("add", zeros([1, 3]).broadcastTo([3, 3]), [1, 3], "float32"))).toEqual(["copy", "map: add"]);
    const square = F.conv1d(randn([1, 4, 4]), other.weight);
    expect(stepsOf(odd("add", square, [0, 1, 4], "float32"))).toEqual(["conv1d", "map: add"]);
  });

  test("a long chain is cut", () => {
    let y = x;
    for (let i = 0; i < 200; i++) y = y.add(1);
    const lengths = planOf(y).steps.map(({ call }) => (call.kernel === "map" ? call.attributes.body.length : 0));
    expect(lengths.reduce((a, b) => a + b)).toBe(200);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64);
    expect(lengths.length).toBe(4);
  });
});

test("an input read twice in the same way is one input, in two ways two", () => {
  const v = zeros([4]);
  const [same] = planOf(v.mul(v).add(v)).steps;
  expect(same!.inputs.length).toBe(1);
  const [outer] = planOf(v.mul(v.reshape([4, 1]))).steps;
  expect(outer!.inputs).toEqual([0, 0]);
  expect(outer!.call).toMatchObject({
    attributes: {
      shape: [4, 4],
      strides: [
        [0, 1],
        [1, 0],
      ],
    },
  });
});

test("the gradient of a sum is not copied out before it is used", () => {
  const y = randn([3, 5], { requiresGrad: true });
  y.tanh().sum().backward();
  expect(stepsOf(y.grad!)).toEqual(["map: tanh mul sub mul"]);
});

test("a linear layer over one vector moves nothing", () => {
  expect(stepsOf(new nn.Linear(3, 5).forward(zeros([3])).relu())).toEqual(["conv1d: add relu"]);
});

test("leaves, their other shapes and repeated results are outputs like any other", () => {
  const y = x.neg();
  const plan = planOf(x, x.reshape([-1]), y, y.flatten().detach(), y);
  expect(plan).toMatchObject({ outputs: [0, 0, 1, 1, 1], leaves: [{ value: 0, fixed: false }] });
  expect(plan.steps.length).toBe(1);
});

test("a node that was computed is a leaf, whatever made it", () => {
  const y = x.exp();
  y.dataSync();
  expect(stepsOf(y.neg())).toEqual(["map: neg"]);
  const kept = makeLeaf(new Float32Array(4), [4], "float32");
  const history = new Node({ op: y.neg().op, inputs: [x], shape: [4], dtype: "float32", value: kept.value });
  expect(planOf(history.relu()).leaves.length).toBe(1);
});

test("a placeholder is a leaf", () => {
  const input = new Node({ shape: [1, channels, length], dtype: "float32" });
  const { order, outputs } = graphOf(conv.forward(input));
  const plan = makePlan(order, outputs, (leaf) => leaf.owner !== leaf);
  expect(leavesOf(order)).toContain(input);
  expect(plan.leaves.map(({ fixed }) => fixed)).toEqual(leavesOf(order).map((leaf) => leaf !== input));
});

test("what depends on fixed leaves alone is fixed, and kept apart from what changes", () => {
  const w = new Parameter(randn([batch, channels, length]));
  const plan = planOf(w.exp().neg().add(x).relu());
  expect(plan.steps.map((step) => [wordsOf(step), plan.values[step.output]!.fixed])).toEqual([
    ["map: exp neg", true],
    ["map: add relu", false],
  ]);
  expect(planOf(F.conv1d(w, conv.weight)).values.every(({ fixed }) => fixed)).toBe(true);
  expect(stepsOf(F.conv1d(w, other.weight).add(x))).toEqual(["conv1d", "map: add"]);
});

test("what no output depends on is no step, but stays a leaf", () => {
  const [needed, unneeded] = [x.exp(), zeros([3]).neg()];
  const { order } = graphOf(unneeded, needed);
  const plan = makePlan(order, [needed], () => false);
  expect(plan.steps.map(wordsOf)).toEqual(["map: exp"]);
  expect(plan.leaves.length).toBe(leavesOf(order).length);
});
