import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { F, nn, Parameter, randn, type Tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { Tensor as Node } from "../../src/graph/tensor.ts";
import { gather } from "../../src/ops/shape/gather.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { PlanCache } from "../../src/plan/planCache.ts";
import { graphOf, ofParameters } from "./planOf.ts";

const find = <T>(cache: PlanCache<T>, ...tensors: Tensor[]): T => {
  const { order, outputs } = graphOf(...tensors);
  return cache.find(order, outputs, ofParameters);
};
const plans = (limit?: number): PlanCache<Plan> => new PlanCache((plan) => plan, limit);
const indexed = (x: Tensor, index: number[], kind: "flip" | "index" = "index"): Tensor =>
  gather(x, 0, Int32Array.from(index), { kind });

const weight = new Parameter(randn([4, 4, 3]));
const bias = new Parameter(randn([4]));
const layer = (dilation: number) => (): Tensor => F.conv1d(randn([2, 4, 20]), weight, bias, { dilation }).relu();

test("what is written again with other numbers is found", () => {
  const cache = plans();
  for (const build of [layer(1), layer(3), () => indexed(randn([5]), [0, 4, 2]), () => randn([3]).mul(Math.random())])
    expect(find(cache, build())).toBe(find(cache, build()));
});

test("a training step is found again, after other graphs have run", () => {
  const cache = plans();
  const net = new nn.Sequential(new nn.Conv1d(1, 2, 3), new nn.BatchNorm1d(2), new nn.Tanh());
  const step = (): Tensor[] => {
    for (const parameter of net.parameters()) parameter.grad = null;
    const loss = net
      .forward(randn([2, 1, 9]))
      .square()
      .mean();
    loss.backward();
    return [loss, ...[...net.parameters()].map(({ grad }) => grad!)];
  };
  const first = find(cache, ...step());
  find(cache, layer(1)());
  expect(find(cache, ...step())).toBe(first);
});

/** Pairs of graphs that look alike and need plans of their own. */
const pairs: [string, () => Tensor[], () => Tensor[]][] = [
  ["dilation", () => [layer(1)()], () => [layer(2)()]],
  ["function", () => [zeros([3]).exp()], () => [zeros([3]).neg()]],
  ["length", () => [zeros([3]).exp()], () => [zeros([4]).exp()]],
  ["shape of the same size", () => [zeros([2, 3]).exp()], () => [zeros([3, 2]).exp()]],
  ["axes", () => [zeros([6]).exp()], () => [zeros([6, 1]).exp()]],
  ["element type", () => [zeros([3]).neg()], () => [zeros([3], { dtype: "float64" }).neg()]],
  ["target of a cast", () => [zeros([3]).to("int32")], () => [zeros([3]).to("int64")]],
  ["index map", () => [indexed(zeros([3]), [0, 2, 1])], () => [indexed(zeros([3]), [0, 1, 2])]],
  ["last entry of an index map", () => [indexed(zeros([9]), [0, 2, 1])], () => [indexed(zeros([9]), [0, 2, 8])]],
  ["words beside an index map", () => [indexed(zeros([3]), [2, 1, 0])], () => [indexed(zeros([3]), [2, 1, 0], "flip")]],
  ["summed axis", () => [zeros([3, 3]).sum(0)], () => [zeros([3, 3]).sum(1)]],
  [
    "number of axes summed",
    () => [zeros([3, 3]).sum(0, { keepDim: true })],
    () => [zeros([3, 3]).sum([0, 1], { keepDim: true })],
  ],
  ["order of axes", () => [zeros([3, 3, 3]).permute([1, 0, 2])], () => [zeros([3, 3, 3]).permute([0, 2, 1])]],
  ["order of operands", () => ordered((a, b) => a.sub(b)), () => ordered((a, b) => b.sub(a))],
  ["operand twice", () => ordered((a, b) => a.mul(b).add(b)), () => ordered((a, b) => a.mul(b).add(a))],
  ["fixed leaf", () => [new Parameter(zeros([3])).exp()], () => [zeros([3]).exp()]],
  ["number of outputs", () => twice((y) => [y.neg()]), () => twice((y) => [y.neg(), y])],
  ["which output", () => twice((y) => [y.neg().exp(), y]), () => twice((y) => [y.neg().exp(), y.neg()])],
  ["output named twice", () => twice((y) => [y]), () => twice((y) => [y, y])],
  ["order of outputs", () => twice((y) => [y, y.neg()]), () => twice((y) => swapped(y, y.neg()))],
  ["what is a leaf", () => [computed(zeros([3]).exp()).neg()], () => [zeros([3]).exp().neg()]],
];

const ordered = (make: (a: Tensor, b: Tensor) => Tensor): Tensor[] => {
  const [a, b] = [zeros([3]), zeros([3])];
  return [a.add(b), make(a, b)];
};
const twice = (make: (y: Tensor) => Tensor[]): Tensor[] => make(zeros([3]).exp());
/** Both orders of the outputs over one order of the nodes. */
const swapped = (y: Tensor, z: Tensor): Tensor[] => [z, y];
const computed = (x: Tensor): Tensor => new Node({ ...x, op: x.op, inputs: x.inputs, value: new Float32Array(x.size) });

describe("another plan for another", () => {
  test.each(pairs)("%s", (_name, one, another) => {
    const cache = plans();
    const [first, second] = [find(cache, ...one()), find(cache, ...another())];
    expect(second).not.toBe(first);
    expect([find(cache, ...one()), find(cache, ...another())]).toEqual([first, second]);
    expect(find(cache, ...one())).toBe(first);
    expect(find(cache, ...another())).toBe(second);
  });
});

test("the order of the outputs alone makes another plan", () => {
  const cache = plans();
  const y = zeros([3]).exp();
  const { order, outputs } = graphOf(y, y.neg());
  const first = cache.find(order, outputs, ofParameters);
  expect(cache.find(order, outputs.toReversed(), ofParameters).outputs).toEqual(first.outputs.toReversed());
});

test("lengths of one leaf are not taken for those of the next", () => {
  const cache = plans();
  const sizes = (...tensors: Tensor[]): number[] => find(cache, ...tensors).values.map(({ size }) => size);
  expect(sizes(zeros([4]), zeros([1, 0, 4]))).toEqual([4, 0]);
  expect(sizes(zeros([4, 1, 0]), zeros([4]))).toEqual([0, 4]);
});

test("a leaf at the end is not taken for outputs", () => {
  const cache = plans();
  const x = zeros([3]);
  const y = x.exp();
  const one = cache.find([x, y, zeros([])], [y], ofParameters);
  expect(cache.find([x, y], [y, x, x, y], ofParameters)).not.toBe(one);
});

test("those used last are kept", () => {
  const cache = plans(2);
  const [a, b, c] = [layer(1), layer(2), layer(3)];
  const [planOfA, planOfB] = [find(cache, a()), find(cache, b())];
  expect(find(cache, a())).toBe(planOfA);
  find(cache, c());
  expect(find(cache, a())).toBe(planOfA);
  expect(find(cache, b())).not.toBe(planOfB);
});

test("what is made of a plan is made once, and nothing is kept of what could not be made", () => {
  let made = 0;
  const cache = new PlanCache((plan) => {
    if (++made === 1) throw new Error("no memory");
    return { steps: plan.steps.length };
  });
  expect(() => find(cache, layer(1)())).toThrow("no memory");
  expect(find(cache, layer(1)())).toBe(find(cache, layer(1)()));
  expect(made).toBe(2);
});

test("an entry keeps neither tensors nor their numbers", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const cache = plans();
  const references = ((): WeakRef<object>[] => {
    const x = randn([2, 4, 20]);
    const y = F.conv1d(x, weight, bias, { paddingMode: "reflect", padding: 1 }).relu().sum(2);
    find(cache, y);
    return [x, y, y.inputs[0]!].map((node) => new WeakRef(node));
  })();
  await new Promise((resolve) => setTimeout(resolve, 10));
  collect();
  expect(references.map((reference) => reference.deref())).toEqual([undefined, undefined, undefined]);
});
