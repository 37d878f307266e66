import { gradients, manualSeed, nn, optim, Parameter, randn, StateDictError, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { construct, decode, disagreement, type Encoded, type WeightNormCase, weightNorms } from "./fixture.ts";

const { weightNorm, removeWeightNorm, parametrizations } = nn.utils;
const { removeParametrizations } = nn.utils.parametrize;

type Normed = nn.Module & { weight: Tensor };
const OLD = ["weight_g", "weight_v"];
const NEW = ["parametrizations.weight.original0", "parametrizations.weight.original1"];
const renamed = (name: string): string => NEW[OLD.indexOf(name)] ?? name;

const faces = {
  "utils.weightNorm": { apply: weightNorm, remove: removeWeightNorm, rename: (name: string) => name },
  "parametrizations.weightNorm": {
    apply: parametrizations.weightNorm,
    remove: (module: nn.Module) => removeParametrizations(module, "weight"),
    rename: renamed,
  },
};

const title = ({ layer, arguments: args, options, dim }: WeightNormCase): string =>
  `${layer}(${JSON.stringify(args).slice(1, -1)}, ${JSON.stringify(options)}), dim ${dim}`;

describe.each(Object.entries(faces))("PyTorch's %s", (_, { apply, remove, rename }) => {
  test.each(weightNorms.map((given) => [title(given), given] as const))("%s", (_title, given) => {
    const layer = construct(given.layer, given.arguments, { ...given.options, dtype: "float64" }) as Normed;
    layer.weight = new Parameter(decode(given.weight));
    expect(apply(layer, { dim: given.dim })).toBe(layer);
    for (const [name, value] of layer.stateDict())
      if (name !== "bias")
        expect(disagreement(name, value, given.start[[...OLD, name][NEW.indexOf(name)] ?? name])).toBeUndefined();
    expect(layer.weight.dataSync()).toEqual(decode(given.weight).dataSync());

    layer.loadStateDict(new Map(given.parameters.map(([name, value]) => [rename(name), decode(value)])));
    expect([...layer.stateDict().keys()]).toEqual(given.parameters.map(([name]) => rename(name)));
    const x = decode(given.x as Encoded, "float64", true);
    const parameters = [...layer.namedParameters()];
    const wrt = [x, ...parameters.map(([, parameter]) => parameter)];
    const y = layer.forward(x);
    const first = gradients(y.mul(decode(given.c as Encoded)).sum(), wrt);
    const second = gradients(first[0]!.mul(decode(given.d as Encoded)).sum(), wrt);
    const problems = [disagreement("y", y, given.y)];
    for (const [i, name] of ["x", ...given.parameters.map(([key]) => key)].entries()) {
      problems.push(disagreement(`gradient of ${name}`, first[i]!, given[i === 0 ? "gx" : `g.${name}`]));
      const h = given[i === 0 ? "hx" : `h.${name}`];
      if (h) problems.push(disagreement(`second gradient of ${name}`, second[i]!, h));
    }

    remove(layer);
    const state = [...layer.stateDict()];
    expect(state.map(([name]) => name)).toEqual(given.removed.map(([name]) => name));
    for (const [i, [name, value]] of state.entries()) problems.push(disagreement(name, value, given.removed[i]![1]));
    expect(problems.filter(Boolean)).toEqual([]);
    expect(layer.forward(x).dataSync()).toEqual(y.dataSync());
    expect(layer.weight).toBeInstanceOf(Parameter);
  });
});

describe("weight norm", () => {
  test("is computed anew at each forward, so training moves g and v", () => {
    manualSeed(1);
    const layer = weightNorm(new nn.Conv1d(1, 2, 3));
    const before = layer.weight.dataSync();
    const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
    layer
      .forward(randn([1, 1, 9]))
      .pow(2)
      .sum()
      .backward();
    optimizer.step();
    expect(layer.weight.dataSync()).not.toEqual(before);
    const { g, v } = { g: layer.getParameter("weight_g"), v: layer.getParameter("weight_v") };
    const norms = layer.weight.pow(2).sum([1, 2], { keepDim: true }).sqrt();
    expect(norms.sub(g.abs()).abs().max().item()).toBeLessThan(1e-6);
    expect(v.dataSync()).not.toEqual(before);
  });

  test("g belongs to the input channels of a transposed layer", () => {
    expect(weightNorm(new nn.ConvTranspose1d(5, 2, 3)).getParameter("weight_g").shape).toEqual([5, 1, 1]);
    expect(weightNorm(new nn.Conv1d(5, 2, 3)).getParameter("weight_g").shape).toEqual([2, 1, 1]);
    expect(weightNorm(new nn.Conv1d(5, 2, 3), { dim: null }).getParameter("weight_g").shape).toEqual([]);
  });

  test("works inside a network, and the adjoint layer follows its weight", () => {
    const net = new nn.Sequential(weightNorm(new nn.Conv1d(2, 3, 3, { dtype: "float64" })), new nn.Flatten());
    expect([...net.stateDict().keys()]).toEqual(["0.bias", "0.weight_g", "0.weight_v"]);
    const conv = net.at(0) as nn.Conv1d;
    conv.bias = null;
    const back = conv.transposed();
    expect(back.parameters()).toEqual([]);
    conv.getParameter("weight_g").assign(tensor([[[3]], [[1]], [[2]]], { dtype: "float64" }));
    const [x, y] = [randn([1, 2, 7], { dtype: "float64" }), randn([1, 3, 5], { dtype: "float64" })];
    const [left, right] = [conv.forward(x).mul(y).sum().item(), back.forward(y).mul(x).sum().item()];
    expect(left).toBeCloseTo(right, 12);
    expect(gradients(back.forward(y).sum(), conv.parameters())[0]!.abs().max().item()).toBeGreaterThan(0);
    expect(back.transposed().weight.toArray()).toEqual(conv.weight.toArray());
  });

  test("an adjoint layer that is older follows too, and shares a plain weight as a parameter", () => {
    for (const { apply, remove } of Object.values(faces)) {
      const conv = new nn.Conv1d(2, 3, 3, { dtype: "float64", bias: false });
      const back = conv.transposed();
      expect(back.weight).toBe(conv.weight);
      expect(back.parameters()).toEqual([conv.weight]);
      expect([...new nn.Sequential(conv, back).stateDict().keys()]).toEqual(["0.weight", "1.weight"]);
      expect(new nn.Sequential(conv, back).parameters()).toHaveLength(1);
      apply(conv);
      const [g] = conv.parameters();
      g!.assign(tensor([[[3]], [[1]], [[2]]], { dtype: "float64" }));
      expect(back.weight.toArray()).toEqual(conv.weight.toArray());
      expect([back.parameters(), [...back.stateDict()]]).toEqual([[], []]);
      expect(gradients(back.forward(randn([1, 3, 5], { dtype: "float64" })).sum(), [g!])[0]!.size).toBe(3);
      remove(conv);
      expect(back.weight).toBe(conv.weight);
      expect(back.parameters()).toEqual([conv.weight]);
    }
  });

  test("the weight of an adjoint layer that is assigned, or normed, is its own from then on", () => {
    const conv = new nn.Conv1d(1, 2, 3);
    const [assigned, normed] = [conv.transposed(), weightNorm(conv.transposed())];
    const own = new Parameter(randn([2, 1, 3]));
    assigned.weight = own;
    expect([assigned.weight, assigned.parameters()]).toEqual([own, [own]]);
    expect(conv.weight).not.toBe(own);
    expect([...normed.stateDict().keys()]).toEqual(["weight_g", "weight_v"]);
    expect(normed.weight.toArray()).toEqual(conv.weight.toArray());
    const wrong = conv.transposed();
    wrong.weight = randn([2, 1, 3]) as never;
    expect(() => wrong.parameters()).toThrow("cannot assign Tensor as parameter 'weight'");
  });

  test("a weight that is assigned is taken apart again", () => {
    for (const { apply, remove } of Object.values(faces)) {
      const layer: Normed = apply(new nn.Linear(2, 2));
      layer.weight = tensor([
        [3, 4],
        [-6, 8],
      ]);
      expect(layer.weight.toArray()).toEqual([
        [3, 4],
        [-6, 8],
      ]);
      expect(layer.parameters().map((parameter) => parameter.size)).toEqual([2, 2, 4]);
      remove(layer);
      expect(layer.parameters()).toHaveLength(2);
    }
  });

  test("a direction of length 0 gives NaN, as in PyTorch", () => {
    const layer = weightNorm(new nn.Linear(1, 1));
    layer.getParameter("weight_v").assign(tensor([[0]]));
    expect(layer.weight.item()).toBeNaN();
  });
});

describe("names in files", () => {
  test("the older ones load into the newer face, not the other way round", () => {
    const old = weightNorm(new nn.Conv1d(2, 3, 3));
    const net = new nn.Sequential(parametrizations.weightNorm(new nn.Conv1d(2, 3, 3)));
    const state = new Map([...old.stateDict()].map(([name, value]) => [`0.${name}`, value]));
    expect(net.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect((net.at(0) as nn.Conv1d).weight.toArray()).toEqual(old.weight.toArray());
    const root = parametrizations.weightNorm(new nn.Conv1d(2, 3, 3));
    root.loadStateDict(old.stateDict());
    expect(root.weight.toArray()).toEqual(old.weight.toArray());
    const newer = parametrizations.weightNorm(new nn.Conv1d(2, 3, 3)).stateDict();
    expect(() => old.loadStateDict(newer)).toThrow(StateDictError);
    expect(() => old.loadStateDict(newer)).toThrow(
      'Missing key(s) in state_dict: "weight_g", "weight_v". \n\tUnexpected key(s) in state_dict: "parametrizations.weight.original0", "parametrizations.weight.original1". ',
    );
  });

  test("the newer face is a class of its own, until it is removed", () => {
    const layer = parametrizations.weightNorm(new nn.Conv1d(1, 2, 3, { padding: 1 }));
    expect(layer).toBeInstanceOf(nn.Conv1d);
    expect(layer.toString()).toBe(
      [
        "ParametrizedConv1d(",
        "  1, 2, kernel_size=(3,), stride=(1,), padding=(1,)",
        "  (parametrizations): ModuleDict(",
        "    (weight): ParametrizationList(",
        "      (0): _WeightNorm()",
        "    )",
        "  )",
        ")",
      ].join("\n"),
    );
    parametrizations.weightNorm(layer, { name: "bias" });
    removeParametrizations(layer, "weight");
    expect([...layer.stateDict().keys()]).toEqual(["weight", ...NEW].map((name) => name.replace(".weight.", ".bias.")));
    removeParametrizations(layer, "bias");
    expect(layer.toString()).toBe("Conv1d(1, 2, kernel_size=(3,), stride=(1,), padding=(1,))");
    expect(Object.getPrototypeOf(layer)).toBe(nn.Conv1d.prototype);
  });
});

test("removeParametrizations is where PyTorch has it, and there alone", () => {
  expect(Object.keys(nn.utils.parametrize)).toEqual(["removeParametrizations"]);
  expect(Object.keys(parametrizations)).toEqual(["weightNorm"]);
  expect(nn.utils).not.toHaveProperty("removeParametrizations");
});

test("what does not fit is an error that says so", () => {
  const layer = weightNorm(new nn.Conv1d(1, 2, 3));
  expect(() => weightNorm(layer)).toThrow("Cannot register two weight_norm hooks on the same parameter weight");
  expect(() => parametrizations.weightNorm(layer)).toThrow("already computed from other parameters");
  expect(() => weightNorm(layer, { name: "foo" })).toThrow('weightNorm: Conv1d has no parameter "foo"');
  expect(() => weightNorm(new nn.Conv1d(1, 2, 3), { dim: 3 })).toThrow("weightNorm: axis 3 is outside -3..2");
  expect(() => weightNorm(new nn.Conv1d(1, 2, 3), { axis: 0 } as object)).toThrow('unknown option "axis"');
  expect(() => weightNorm(new nn.LazyConv1d(2, 3))).toThrow("before the number of input channels is known");
  expect(() => weightNorm({} as nn.Module)).toThrow("weightNorm: expected a module");
  expect(() => removeWeightNorm(new nn.Conv1d(1, 2, 3))).toThrow(
    "weight_norm of 'weight' not found in Conv1d(1, 2, kernel_size=(3,), stride=(1,))",
  );
  removeWeightNorm(layer);
  expect(() => removeWeightNorm(layer)).toThrow("not found");
  expect(() => removeParametrizations(layer, "weight")).toThrow("does not have a parametrization on weight");
  const newer = parametrizations.weightNorm(layer);
  expect(() => removeParametrizations(newer, "weight", { leaveParametrized: false })).toThrow("several tensors");
});
