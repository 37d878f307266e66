import {
  DTypeError,
  GraphError,
  nn,
  OptionError,
  OptionTypeError,
  optim,
  Parameter,
  ShapeError,
  StateDictError,
  tensor,
} from "atrous";
import { describe, expect, test } from "vitest";

const w = (): Parameter => new Parameter(tensor([1, 2]));
const any = (value: unknown): never => value as never;

const construction: [string, () => unknown, Error][] = [
  ["an empty list", () => new optim.SGD([]), new OptionError("SGD: no parameters to train: the list is empty")],
  [
    "a module",
    () => new optim.Adam(any(new nn.Conv1d(1, 1, 1))),
    new OptionTypeError(
      "Adam: expected an array of parameters, such as net.parameters(), or of groups { params, lr }, got Conv1d",
    ),
  ],
  [
    "one parameter",
    () => new optim.Adam(any(w())),
    new OptionTypeError(
      "Adam: expected an array of parameters, such as net.parameters(), or of groups { params, lr }, got Parameter",
    ),
  ],
  [
    "a state dict",
    () => new optim.Adam(any(new nn.Conv1d(1, 1, 1).stateDict())),
    new OptionTypeError(
      "Adam: expected an array of parameters, such as net.parameters(), or of groups { params, lr }, got Map",
    ),
  ],
  [
    "a tensor that is no parameter",
    () => new optim.SGD(any([w(), tensor([1], { requiresGrad: true })])),
    new OptionTypeError("SGD: item 1 of the parameters must be a Parameter, got Tensor"),
  ],
  [
    "the bias of a layer that has none",
    () => new optim.SGD(any([new nn.Conv1d(1, 1, 1, { bias: false }).bias])),
    new OptionTypeError("SGD: item 0 of the parameters must be a Parameter, got null (a layer without a bias?)"),
  ],
  [
    "parameters and groups mixed",
    () => new optim.SGD(any([{ params: [w()] }, w()])),
    new OptionTypeError("SGD, group 1: parameters and groups { params, … } do not mix, got Parameter"),
  ],
  [
    "the same parameter twice",
    () => {
      const twice = w();
      return new optim.SGD([w(), twice, twice]);
    },
    new OptionError("SGD: item 2 is the same parameter as item 1; it would be updated twice"),
  ],
  [
    "the same parameter in two groups",
    () => {
      const twice = w();
      return new optim.SGD([{ params: [twice] }, { params: [w(), twice] }]);
    },
    new OptionError("SGD: item 1 of group 1 is the same parameter as item 0 of group 0; it would be updated twice"),
  ],
  [
    "a negative lr",
    () => new optim.SGD([w()], { lr: -1 }),
    new OptionError("SGD: lr must be finite and at least 0, got -1"),
  ],
  [
    "lr NaN",
    () => new optim.Adam([w()], { lr: Number.NaN }),
    new OptionError("Adam: lr must be finite and at least 0, got NaN"),
  ],
  [
    "lr as a string",
    () => new optim.Adam([w()], any({ lr: "1" })),
    new OptionTypeError('Adam: lr must be a number, got "1"'),
  ],
  [
    "lr null",
    () => new optim.Adam([w()], any({ lr: null })),
    new OptionTypeError("Adam: lr must be a number, got null"),
  ],
  [
    "a negative lr of a group",
    () => new optim.SGD([{ params: [w()] }, { params: [w()], lr: -0.5 }]),
    new OptionError("SGD, group 1: lr must be finite and at least 0, got -0.5"),
  ],
  [
    "the lr alone",
    () => new optim.SGD([w()], any(0.1)),
    new OptionTypeError("SGD: options must be an object such as { lr: … }, got 0.1"),
  ],
  [
    "a misspelt option",
    () => new optim.SGD([w()], any({ weight_decay: 1 })),
    new OptionError('SGD: unknown option "weight_decay"; did you mean "weightDecay"?'),
  ],
  [
    "an option of another optimizer",
    () => new optim.Adam([w()], any({ momentum: 1 })),
    new OptionError('Adam: unknown option "momentum"; known options: lr, betas, eps, weightDecay, amsgrad'),
  ],
  [
    "nesterov without momentum",
    () => new optim.SGD([w()], { nesterov: true }),
    new OptionError("SGD: nesterov needs momentum > 0 and dampening 0, got momentum 0 and dampening 0"),
  ],
  [
    "nesterov with dampening",
    () => new optim.SGD([w()], { nesterov: true, momentum: 0.9, dampening: 0.1 }),
    new OptionError("SGD: nesterov needs momentum > 0 and dampening 0, got momentum 0.9 and dampening 0.1"),
  ],
  [
    "one beta",
    () => new optim.Adam([w()], any({ betas: 0.9 })),
    new OptionTypeError("Adam: betas must be two numbers [beta1, beta2], got 0.9"),
  ],
  [
    "beta 1",
    () => new optim.AdamW([w()], { betas: [0.9, 1] }),
    new OptionError("AdamW: betas must be in 0 ≤ β < 1, got [0.9, 1]"),
  ],
  [
    "amsgrad as a number",
    () => new optim.Adam([w()], any({ amsgrad: 1 })),
    new OptionTypeError("Adam: amsgrad must be true or false, got 1"),
  ],
];

test.each(construction)("%s", (_name, build, error) => {
  expect(build).toThrow(error);
});

test("a lazy layer before its first forward, which has no parameters yet", () => {
  expect(() => new optim.SGD(new nn.LazyConv1d(2, 3).parameters())).toThrow(GraphError);
});

describe("in step()", () => {
  test("a hyper-parameter changed to nonsense", () => {
    const optimizer = new optim.SGD([w()]);
    optimizer.paramGroups[0]!.lr = -1;
    expect(() => optimizer.step()).toThrow(new OptionError("SGD: lr must be finite and at least 0, got -1"));
  });

  test("a gradient that does not fit", () => {
    const parameter = w();
    const optimizer = new optim.SGD([parameter]);
    parameter.grad = tensor([1]);
    expect(() => optimizer.step()).toThrow(
      new ShapeError("SGD: a gradient of shape [1] does not fit its parameter of shape [2]"),
    );
    for (const [given, shown] of [
      [[[1]], "[[1]]"],
      [3, "3"],
    ]) {
      parameter.grad = any(given);
      expect(() => optimizer.step()).toThrow(new OptionTypeError(`SGD: a gradient must be a tensor, got ${shown}`));
      expect(() => nn.utils.clipGradNorm([parameter], 1)).toThrow(
        new OptionTypeError(`clipGradNorm: a gradient must be a tensor, got ${shown}`),
      );
    }
    parameter.grad = tensor([1, 2], { dtype: "float64" });
    expect(() => optimizer.step()).toThrow(
      new DTypeError("SGD: a float64 gradient does not fit its float32 parameter"),
    );
  });
});

describe("loadStateDict", () => {
  function saved(): optim.OptimizerStateDict {
    const parameter = w();
    parameter.grad = tensor([1, 1]);
    const optimizer = new optim.Adam([parameter]);
    optimizer.step();
    return optimizer.stateDict();
  }
  const cases: [string, (dict: optim.OptimizerStateDict) => unknown, Error][] = [
    [
      "an array",
      () => [],
      new OptionTypeError("Adam.loadStateDict: expected { state, param_groups: [{ params, … }] }, got []"),
    ],
    [
      "another number of groups",
      ({ state }) => ({ state, param_groups: [] }),
      new StateDictError("Adam.loadStateDict: the state dict has 0 parameter groups, the optimizer 1"),
    ],
    [
      "another number of parameters",
      ({ state, param_groups: [group] }) => ({ state, param_groups: [{ ...group, params: [0, 1] }] }),
      new StateDictError("Adam.loadStateDict: group 0 of the state dict has 2 parameters, that of the optimizer 1"),
    ],
    [
      "a hyper-parameter missing",
      ({ state, param_groups: [group] }) => ({ state, param_groups: [{ ...group, eps: undefined }] }),
      new StateDictError('Adam.loadStateDict, group 0: "eps" is missing'),
    ],
    [
      "an impossible hyper-parameter",
      ({ state, param_groups: [group] }) => ({ state, param_groups: [{ ...group, lr: -1 }] }),
      new OptionError("Adam.loadStateDict, group 0: lr must be finite and at least 0, got -1"),
    ],
    [
      "maximize",
      ({ state, param_groups: [group] }) => ({ state, param_groups: [{ ...group, maximize: true }] }),
      new StateDictError('Adam.loadStateDict, group 0: "maximize" is not supported; negate the loss'),
    ],
    [
      "a shape",
      ({ state, param_groups }) => ({ state: { 0: { ...state[0], exp_avg: tensor([1]) } }, param_groups }),
      new StateDictError('Adam.loadStateDict: parameter 0: "exp_avg" has shape [1], the parameter [2]'),
    ],
    [
      "a part missing",
      ({ state, param_groups }) => ({ state: { 0: { ...state[0], exp_avg_sq: undefined } }, param_groups }),
      new StateDictError('Adam.loadStateDict: parameter 0: "exp_avg_sq" must be a tensor, got undefined'),
    ],
  ];
  test.each(cases)("%s", (_name, change, error) => {
    const optimizer = new optim.Adam([w()]);
    const before = JSON.stringify(optimizer.stateDict());
    expect(() => optimizer.loadStateDict(any(change(saved())))).toThrow(error);
    expect(JSON.stringify(optimizer.stateDict())).toBe(before);
  });
});
