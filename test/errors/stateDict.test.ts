import { nn, OptionError, OptionTypeError, StateDictError, type Tensor, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

/** Texts and their order are PyTorch's, checked against 1.13: a search for them finds its answers. */
const net = (): nn.Conv1d => new nn.Conv1d(2, 3, 3);
const [weight, bias] = [zeros([3, 2, 3]), zeros([3])];
const any = (value: unknown): never => value as never;

const MISSHAPEN =
  "\tsize mismatch for weight: copying a param with shape torch.Size([3, 2, 4]) from checkpoint, the shape in current model is torch.Size([3, 2, 3]).";

const refused: [string, () => unknown, Error][] = [
  [
    "missing, unexpected and misshapen",
    () => net().loadStateDict({ weight: zeros([3, 2, 4]), foo: tensor(1) }),
    new StateDictError(
      `Error(s) in loading state_dict for Conv1d:\n\tMissing key(s) in state_dict: "bias". \n\tUnexpected key(s) in state_dict: "foo". \n${MISSHAPEN}`,
    ),
  ],
  [
    "empty",
    () => net().loadStateDict({}),
    new StateDictError(
      'Error(s) in loading state_dict for Conv1d:\n\tMissing key(s) in state_dict: "weight", "bias". ',
    ),
  ],
  [
    "unexpected alone, in a Map",
    () => net().loadStateDict(new Map(Object.entries({ weight, bias, "a.b": tensor(1), c: tensor(2) }))),
    new StateDictError('Error(s) in loading state_dict for Conv1d:\n\tUnexpected key(s) in state_dict: "a.b", "c". '),
  ],
  [
    "the bias of a layer that has none",
    () => new nn.Conv1d(2, 3, 3, { bias: false }).loadStateDict({ weight, bias }),
    new StateDictError('Error(s) in loading state_dict for Conv1d:\n\tUnexpected key(s) in state_dict: "bias". '),
  ],
  [
    "misshapen in spite of strict: false",
    () => net().loadStateDict({ weight: zeros([3, 2, 4]) }, { strict: false }),
    new StateDictError(`Error(s) in loading state_dict for Conv1d:\n${MISSHAPEN}`),
  ],
  [
    "a number for a vector",
    () => net().loadStateDict({ weight, bias: tensor(1) }),
    new StateDictError(
      "Error(s) in loading state_dict for Conv1d:\n\tsize mismatch for bias: copying a param with shape torch.Size([]) from checkpoint, the shape in current model is torch.Size([3]).",
    ),
  ],
  [
    "in a network",
    () => new nn.Sequential(net()).loadStateDict({ "0.weight": zeros([1]), x: zeros([1]) }),
    new StateDictError(
      'Error(s) in loading state_dict for Sequential:\n\tMissing key(s) in state_dict: "0.bias". \n\tUnexpected key(s) in state_dict: "x". \n\tsize mismatch for 0.weight: copying a param with shape torch.Size([1]) from checkpoint, the shape in current model is torch.Size([3, 2, 3]).',
    ),
  ],
  [
    "an array in place of a tensor (PyTorch says <class 'list'>)",
    () => net().loadStateDict({ weight: any([1]), bias }),
    new StateDictError(
      'Error(s) in loading state_dict for Conv1d:\n\tWhile copying the parameter named "weight", expected torch.Tensor or Tensor-like object from checkpoint but received [1]',
    ),
  ],
  ...(
    [
      [[], "[]"],
      [null, "null"],
      ["weights.pt", '"weights.pt"'],
      [tensor(1), "Tensor"],
    ] as const
  ).map(([given, shown]): [string, () => unknown, Error] => [
    `${shown} in place of a state dict`,
    () => net().loadStateDict(any(given)),
    new OptionTypeError(`Expected state_dict to be dict-like, got ${shown}.`),
  ]),
  [
    "a misspelt option",
    () => net().loadStateDict({ weight, bias }, any({ Strict: false })),
    new OptionError('loadStateDict: unknown option "Strict"; did you mean "strict"?'),
  ],
  [
    "strict as a number",
    () => net().loadStateDict({ weight, bias }, { strict: any(0) }),
    new OptionTypeError("loadStateDict: strict must be true or false, got 0"),
  ],
  [
    "strict alone, as PyTorch's second argument",
    () => net().loadStateDict({ weight, bias }, any(false)),
    new OptionTypeError("loadStateDict: options must be an object such as { strict: … }, got false"),
  ],
];
test.each(refused)("%s", (_name, load, error) => {
  expect(load).toThrow(error);
});

describe("when loading fails", () => {
  test("nothing is loaded, not even what fits", () => {
    const layer = net();
    const before = layer.weight.dataSync();
    expect(() => layer.loadStateDict({ weight })).toThrow(StateDictError);
    expect(() => layer.loadStateDict({ weight, bias: zeros([2]) }, { strict: false })).toThrow(StateDictError);
    expect(layer.weight.dataSync()).toEqual(before);
  });
});

describe("when it succeeds", () => {
  test("the report is PyTorch's _IncompatibleKeys", () => {
    expect(net().loadStateDict({ weight, foo: tensor(1) }, { strict: false })).toEqual({
      missingKeys: ["bias"],
      unexpectedKeys: ["foo"],
    });
    expect(net().loadStateDict({ weight, bias })).toEqual({ missingKeys: [], unexpectedKeys: [] });
  });

  test("float64 is rounded to the parameter's float32, as PyTorch's copy does", () => {
    const layer = net();
    const state: Record<string, Tensor> = { weight, bias: tensor([0.1, 0.2, 0.3], { dtype: "float64" }) };
    layer.loadStateDict(state);
    expect(layer.bias!.dtype).toBe("float32");
    expect([...layer.bias!.dataSync()]).toEqual([0.1, 0.2, 0.3].map(Math.fround));
  });
});
