import {
  cat,
  DTypeError,
  enableGrad,
  F,
  GraphError,
  gradients,
  nn,
  noGrad,
  OptionError,
  OptionTypeError,
  Parameter,
  rand,
  ShapeError,
  setBackend,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { describe, expect, test } from "vitest";

type Case = [string, () => unknown, Error];
const any = (value: unknown): never => value as never;
const leaf = (): Tensor => tensor([1, 2, 3], { requiresGrad: true });
const double = { dtype: "float64" } as const;

const NOTHING =
  "the loss depends on nothing that requires grad: no parameter and no tensor made with { requiresGrad: true }, or only under noGrad or through detach";

describe("backward()", () => {
  const refused: Case[] = [
    [
      "of several numbers",
      () => leaf().mul(2).backward(),
      new ShapeError(
        "backward: expected a loss of one element, got shape [3]; reduce it with .sum() or .mean(), or give the weights of its elements",
      ),
    ],
    [
      "of none",
      () => tensor([], { requiresGrad: true }).mul(2).backward(),
      new ShapeError(
        "backward: expected a loss of one element, got shape [0]; reduce it with .sum() or .mean(), or give the weights of its elements",
      ),
    ],
    ["of data", () => tensor(1).backward(), new GraphError(`backward: ${NOTHING}`)],
    ["of what noGrad made", () => noGrad(() => leaf().sum()).backward(), new GraphError(`backward: ${NOTHING}`)],
    [
      "weights of another shape",
      () =>
        leaf()
          .mul(2)
          .backward({ gradient: tensor([1, 2]) }),
      new ShapeError("backward: weights of shape [2] do not fit [3]"),
    ],
    [
      "weights that are no tensor",
      () => leaf().backward({ gradient: any([1, 2, 3]) }),
      new OptionTypeError("backward: expected a tensor, got [1, 2, 3]"),
    ],
    [
      "PyTorch's name of an option",
      () =>
        leaf()
          .sum()
          .backward(any({ retain_graph: true })),
      new OptionError('backward: unknown option "retain_graph"; did you mean "retainGraph"?'),
    ],
    [
      "the weights alone",
      () => leaf().backward(any(true)),
      new OptionTypeError("backward: options must be an object such as { gradient: … }, got true"),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  // These give no error yet; each line is to become a plain test with the graph's change.
  describe("silent so far", () => {
    test("of an expression of data", () => {
      expect(() => tensor([1, 2]).sum().backward()).toThrow(GraphError);
    });
    test("of a detached tensor", () => {
      expect(() => leaf().detach().sum().backward()).toThrow(GraphError);
    });
    test("a second time without retainGraph", () => {
      const loss = leaf().pow(2).sum();
      loss.backward();
      loss.item();
      expect(() => loss.backward()).toThrow(GraphError);
    });
    test("of an expression of a loss that is done with", () => {
      const loss = leaf().pow(2).sum();
      loss.backward();
      loss.item();
      expect(() => loss.mul(2).backward()).toThrow(GraphError);
    });
    test("weights of another dtype", () => {
      const x = leaf();
      expect(() => x.add(x).backward({ gradient: tensor([1, 2, 3], double) })).toThrow(DTypeError);
    });
    test("a flag that is none", () => {
      expect(() =>
        leaf()
          .sum()
          .backward(any({ retainGraph: "no" })),
      ).toThrow(OptionTypeError);
    });
  });
});

describe("gradients()", () => {
  const refused: Case[] = [
    [
      "of several numbers",
      () => {
        const x = leaf();
        return gradients(x.mul(2), [x]);
      },
      new ShapeError(
        "gradients: expected a loss of one element, got shape [3]; reduce it with .sum() or .mean(), or give the weights of its elements",
      ),
    ],
    ["of data", () => gradients(tensor(1), [leaf()]), new GraphError(`gradients: ${NOTHING}`)],
    [
      "for a tensor that is not in it",
      () => gradients(leaf().sum(), [leaf(), tensor([1])]),
      new GraphError(
        "gradients: tensor 1 of wrt is not part of the graph; create it with { requiresGrad: true } before it is used",
      ),
    ],
    [
      "for one tensor without an array",
      () => gradients(leaf().sum(), any(leaf())),
      new OptionTypeError("gradients: the second argument must be an array of tensors"),
    ],
    [
      "for a module",
      () => gradients(leaf().sum(), [any(new nn.Conv1d(1, 1, 1))]),
      new OptionTypeError("gradients: expected a tensor, got Conv1d"),
    ],
    ["of a number", () => gradients(any(1), []), new OptionTypeError("gradients: expected a tensor, got 1")],
    [
      "PyTorch's name of an option",
      () => gradients(leaf().sum(), [], any({ grad_output: tensor(1) })),
      new OptionError('gradients: unknown option "grad_output"; did you mean "gradOutput"?'),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  // These give zeros yet, which is worse than an error.
  describe("silently zero so far", () => {
    test("after the graph was released", () => {
      const x = leaf();
      const loss = x.pow(2).sum();
      loss.backward();
      loss.item();
      expect(() => gradients(loss, [x])).toThrow(GraphError);
    });
    test("for a parameter whose value has changed since", () => {
      const w = new Parameter(tensor([2]));
      const loss = w.mul(w).sum();
      w.assign(tensor([5]));
      expect(gradients(loss, [w])[0]!.item()).toBe(4);
    });
  });
});

describe("making tensors", () => {
  const ELSE = "tensor: expected numbers, nested arrays of numbers or a typed array, got";
  const refused: Case[] = [
    [
      "integers that require grad",
      () => tensor([1], { dtype: "int32", requiresGrad: true }),
      new DTypeError('tensor: expected a floating-point tensor, got int32; convert it with .to("float32")'),
    ],
    [
      "long integers that require grad",
      () => zeros([1], { dtype: "int64", requiresGrad: true }),
      new DTypeError('zeros: expected a floating-point tensor, got int64; convert it with .to("float32")'),
    ],
    [
      "random integers",
      () => rand([1], { dtype: "int32" }),
      new DTypeError('rand: dtype must be "float32" or "float64", got "int32"'),
    ],
    [
      "rows of two lengths",
      () => tensor([[1, 2], [3]]),
      new ShapeError("tensor: nested arrays are ragged: [2] beside [1]"),
    ],
    [
      "a row and a number",
      () => tensor([[1, 2], 3]),
      new ShapeError("tensor: nested arrays are ragged: [2] beside []"),
    ],
    [
      "ragged further down",
      () => tensor([[[1], [2]], [[3]]]),
      new ShapeError("tensor: nested arrays are ragged: [2, 1] beside [1, 1]"),
    ],
    [
      "a shape that does not fit",
      () => tensor([1, 2, 3], { shape: [2, 2] }),
      new ShapeError("tensor: shape [2, 2] needs 4 elements, got 3"),
    ],
    [
      "a shape that does not fit a typed array",
      () => tensor(new Float32Array(6), { shape: [2, 2] }),
      new ShapeError("tensor: shape [2, 2] needs 4 elements, got 6"),
    ],
    [
      "a negative length",
      () => zeros([2, -1]),
      new OptionError("zeros: every length in a shape must be a non-negative integer, got [2, -1]"),
    ],
    [
      "a length alone",
      () => zeros(any(3)),
      new OptionTypeError("zeros: shape must be an array of lengths, got number"),
    ],
    ["a string", () => tensor(any("1")), new OptionTypeError(`${ELSE} "1"`)],
    ["strings", () => tensor(any(["1"])), new OptionTypeError(`${ELSE} "1"`)],
    ["null", () => tensor(any([null])), new OptionTypeError(`${ELSE} null`)],
    ["nothing", () => tensor(any(undefined)), new OptionTypeError(`${ELSE} undefined`)],
    ["tensors", () => tensor(any([tensor(1)])), new OptionTypeError(`${ELSE} Tensor`)],
    [
      "a kind of typed array that is no element type",
      () => tensor(any(new Uint8Array(2))),
      new OptionTypeError(
        "tensor: a Uint8Array has no element type here; use a Float32Array, Float64Array, Int32Array or BigInt64Array",
      ),
    ],
    [
      "PyTorch's name of an option",
      () => tensor([1], any({ requires_grad: true })),
      new OptionError('tensor: unknown option "requires_grad"; did you mean "requiresGrad"?'),
    ],
    [
      "requiresGrad as a string",
      () => tensor([1], { requiresGrad: any("yes") }),
      new OptionTypeError('tensor: requiresGrad must be true or false, got "yes"'),
    ],
    [
      "a dtype that is none",
      () => tensor([1], { dtype: any("float") }),
      new DTypeError('tensor: dtype must be "float32", "float64", "int32" or "int64", got "float"'),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  describe("without a typed error so far", () => {
    test("halves as long integers", () => {
      expect(() => tensor([1.5], { dtype: "int64" })).toThrow(OptionError);
    });
    test("a parameter of integers", () => {
      expect(() => new Parameter(zeros([1], { dtype: "int32" }))).toThrow(DTypeError);
    });
    test("a parameter of an array", () => {
      expect(() => new Parameter(any([1]))).toThrow(OptionTypeError);
    });
    test("an array assigned to a parameter", () => {
      expect(() => new Parameter(tensor([1])).assign(any([1]))).toThrow(OptionTypeError);
    });
  });
});

describe("using tensors", () => {
  const refused: Case[] = [
    [
      "float32 and float64",
      () => tensor([1]).add(tensor([1], double)),
      new DTypeError('add: float32 and float64 do not mix; convert one with .to("float32")'),
    ],
    [
      "float64 and float32",
      () => F.where(tensor([1], double), tensor([1]), 0),
      new DTypeError('where: float64 and float32 do not mix; convert one with .to("float64")'),
    ],
    [
      "float32 and int32",
      () => tensor([1]).mul(tensor([1], { dtype: "int32" })),
      new DTypeError('mul: float32 and int32 do not mix; convert one with .to("float32")'),
    ],
    [
      "two dtypes one after the other",
      () => cat([tensor([1]), tensor([1], double)]),
      new DTypeError("cat: float32 and float64 do not mix"),
    ],
    [
      "shapes that do not broadcast",
      () => tensor([1, 2]).add(tensor([1, 2, 3])),
      new ShapeError("add: shapes [2] and [3] do not broadcast (2 against 3 on axis -1)"),
    ],
    ["two numbers", () => F.add(1, 2), new OptionTypeError("add: expected a tensor, got 1 and 2")],
    ["an array", () => tensor([1]).add(any([1])), new OptionTypeError("add: expected a tensor, got [1]")],
    [
      "one number of several",
      () => tensor([1, 2]).item(),
      new ShapeError("item: expected a tensor of one element, got shape [2]"),
    ],
    [
      "another shape for a parameter",
      () => new Parameter(tensor([1])).assign(tensor([1, 2])),
      new ShapeError("Parameter: cannot assign shape [2] to shape [1]"),
    ],
    [
      "another dtype for a parameter",
      () => new Parameter(tensor([1])).assign(tensor([1], double)),
      new DTypeError('Parameter: cannot assign float64 to float32; convert it with .to("float32")'),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  test("something else as a backend", async () => {
    for (const nonsense of [undefined, null, {}, "wasm"])
      await expect(setBackend(any(nonsense))).rejects.toThrow(
        new OptionTypeError("setBackend: expected a backend, such as reference()"),
      );
  });
});

describe("noGrad and enableGrad", () => {
  test.each([
    ["noGrad", noGrad],
    ["enableGrad", enableGrad],
  ] as const)("%s", (name, mode) => {
    expect(() => mode(async () => 1)).toThrow(
      new OptionTypeError(`${name}: the function must be synchronous; after its first await the mode is over`),
    );
    expect(() => mode(any(3))).toThrow(new OptionTypeError(`${name}: expected a function, got 3`));
  });
});
