import { getBackend, nn, OptionError, OptionTypeError, optim, Parameter, setBackend, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { distance } from "../oracle/closeness.ts";
import { fixture, load } from "./fixture.ts";

const { clipGradNorm, clipGradValue } = nn.utils;

function withGrads(): Parameter[] {
  return fixture.clipping.grads.map((grad) => {
    const parameter = new Parameter(zeros(grad.shape, { dtype: "float64" }));
    parameter.grad = load(grad, "float64");
    return parameter;
  });
}

test.each(fixture.clipping.norms.map((run) => [run.norm_type, run.max_norm, run] as const))(
  "clipGradNorm of order %s to %d is PyTorch's",
  (type, maxNorm, run) => {
    const params = withGrads();
    const total = clipGradNorm(params, maxNorm, { normType: type === "inf" ? Number.POSITIVE_INFINITY : Number(type) });
    expect(Math.abs(total.item() / run.total - 1)).toBeLessThan(1e-14);
    for (const [i, { grad }] of params.entries())
      expect(distance(grad!.dataSync(), Float64Array.from(run.grads[i]!))).toBeLessThan(1e-14);
  },
);

test("clipGradValue is PyTorch's", () => {
  const params = withGrads();
  clipGradValue(params, fixture.clipping.value.clip);
  for (const [i, { grad }] of params.entries()) expect([...grad!.dataSync()]).toEqual(fixture.clipping.value.grads[i]);
});

test("a NaN in one gradient reaches all, and is not limited away", () => {
  const params = withGrads();
  params[1]!.grad = tensor([1, Number.NaN, 2, 3], { dtype: "float64" });
  expect(clipGradNorm(params, 1).item()).toBeNaN();
  expect(params[0]!.grad!.dataSync().every((g: unknown) => Number.isNaN(g))).toBe(true);
  clipGradValue(params, 1);
  expect(params[0]!.grad!.dataSync().every((g: unknown) => Number.isNaN(g))).toBe(true);
});

test("parameters without a gradient are passed over, alone they give 0; one tensor will do", () => {
  const [bare, single] = [new Parameter(tensor([1])), new Parameter(tensor([1, 1]))];
  expect(clipGradNorm([bare], 1).item()).toBe(0);
  expect(bare.grad).toBeNull();
  single.grad = tensor([30, 40]);
  expect(clipGradNorm(single, 5).item()).toBe(50);
  expect([...single.grad.dataSync()].map((g) => Math.round(Number(g)))).toEqual([3, 4]);
});

test("a parameter named twice counts once", () => {
  const parameter = new Parameter(tensor([0, 0]));
  parameter.grad = tensor([3, 4]);
  expect(clipGradNorm([parameter, parameter], 100).item()).toBe(5);
});

test("clipping between backward and step is part of the one evaluation, and nothing keeps the graph", async () => {
  const parameter = new Parameter(tensor([3, 4]));
  const optimizer = new optim.SGD([parameter], { lr: 1 });
  const before = getBackend();
  let runs = 0;
  await setBackend({
    name: "counting",
    synchronous: true,
    run: (order, outputs) => {
      runs++;
      return before.run(order, outputs);
    },
  });
  try {
    parameter.mul(parameter).sum().backward();
    const total = clipGradNorm([parameter], 1);
    optimizer.step();
    expect(runs).toBe(1);
    expect(total.item()).toBe(10);
    expect(runs).toBe(1);
    for (const node of [parameter.node(), parameter.grad!.node(), total.node()]) {
      expect(node.op).toBeNull();
      expect(node.inputs).toEqual([]);
    }
    expect(parameter.dataSync()[0]).toBeCloseTo(2.4, 5);
  } finally {
    await setBackend(before);
  }
});

describe("errors", () => {
  const cases: [string, () => unknown, Error][] = [
    ["maxNorm", () => clipGradNorm([], -1), new OptionError("clipGradNorm: maxNorm must be at least 0, got -1")],
    [
      "maxNorm missing",
      () => clipGradNorm([], undefined as unknown as number),
      new OptionTypeError("clipGradNorm: maxNorm must be a number, got undefined"),
    ],
    [
      "normType",
      () => clipGradNorm([], 1, { normType: 0 }),
      new OptionError("clipGradNorm: normType must be greater than 0, got 0"),
    ],
    [
      "misspelt",
      () => clipGradNorm([], 1, { norm_type: 1 } as object),
      new OptionError('clipGradNorm: unknown option "norm_type"; did you mean "normType"?'),
    ],
    [
      "a module",
      () => clipGradValue(new nn.Conv1d(1, 1, 1) as unknown as Parameter, 1),
      new OptionTypeError("clipGradValue: expected parameters, such as net.parameters(), got Conv1d"),
    ],
    [
      "NaN",
      () => clipGradValue([], Number.NaN),
      new OptionError("clipGradValue: clipValue must be at least 0, got NaN"),
    ],
    ["numbers", () => clipGradValue([1] as never, 1), new OptionTypeError("clipGradValue: expected parameters, got 1")],
  ];
  test.each(cases)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });
});
