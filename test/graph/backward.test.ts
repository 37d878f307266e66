import { gradients, nn, Parameter, randn, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { counting } from "./counting.ts";

const isLeaf = (tensor: Tensor): boolean => tensor.node().op === null && tensor.node().inputs.length === 0;
const convolutions = (names: readonly string[]): number => names.filter((name) => name === "conv1d").length;

describe("loss and gradients", () => {
  test.each(["loss", "gradient"])("are one run of the backend, whichever is read first: the %s", (first) =>
    counting((count) => {
      const net = new nn.Sequential(new nn.Conv1d(1, 2, 3), new nn.Conv1d(2, 1, 3));
      const loss = net
        .forward(randn([1, 1, 9]))
        .pow(2)
        .mean();
      loss.backward();
      const wanted = [loss, ...net.parameters().map((parameter) => parameter.grad!)];
      (first === "loss" ? wanted : wanted.reverse()).forEach((tensor) => {
        tensor.dataSync();
      });
      expect(count.runs).toBe(1);
      expect(convolutions(count.computed)).toBe(2);
    }),
  );

  test("a loss read before backward() keeps its activations: there is no second forward pass", () =>
    counting((count) => {
      const net = new nn.Sequential(new nn.Conv1d(1, 2, 3), new nn.Conv1d(2, 1, 3));
      const loss = net
        .forward(randn([1, 1, 9]))
        .tanh()
        .pow(2)
        .mean();
      loss.item();
      expect([count.runs, convolutions(count.computed)]).toEqual([1, 2]);
      count.computed = [];
      loss.backward();
      for (const parameter of net.parameters()) parameter.grad!.dataSync();
      expect(count.runs).toBe(2);
      expect(count.computed.filter((name) => name === "conv1d" || name === "tanh")).toEqual([]);
    }));

  test("two losses that wait are computed together with the next result", () =>
    counting((count) => {
      const [v, w] = [new Parameter(tensor([2])), new Parameter(tensor([3]))];
      v.mul(v).sum().backward();
      w.mul(w).sum().backward();
      v.grad!.dataSync();
      w.grad!.dataSync();
      expect(count.runs).toBe(1);
    }));
});

describe("graphs let go", () => {
  test("after backward() and evaluation, loss and gradients are leaves", () => {
    const w = new Parameter(tensor([2, 3]));
    const loss = w.mul(w).sum();
    loss.backward();
    expect(isLeaf(loss)).toBe(false);
    loss.item();
    expect([loss, w.grad!, w].map(isLeaf)).toEqual([true, true, true]);
    expect(w.grad!.toArray()).toEqual([4, 6]);
  });

  test("also when the loss was read before", () => {
    const w = new Parameter(tensor([2, 3]));
    const loss = w.mul(w).sum();
    loss.item();
    loss.backward();
    w.grad!.dataSync();
    expect([loss, w.grad!].map(isLeaf)).toEqual([true, true]);
  });

  test("a result that needs no gradient keeps no history", () => {
    const x = tensor([1, 2]);
    const y = x.exp().mul(2);
    y.dataSync();
    expect(isLeaf(y)).toBe(true);
  });

  test("retainGraph keeps it", () => {
    const x = tensor([2, 3], { requiresGrad: true });
    const loss = x.mul(x).sum();
    loss.backward({ retainGraph: true });
    loss.item();
    expect(isLeaf(loss)).toBe(false);
    loss.backward();
    expect(x.grad!.toArray()).toEqual([8, 12]);
    expect(isLeaf(loss)).toBe(true);
  });

  test("gradients() keeps it", () => {
    const x = tensor([2, 3], { requiresGrad: true });
    const loss = x.mul(x).sum();
    const [first] = gradients(loss, [x]);
    expect(first!.toArray()).toEqual([4, 6]);
    expect(gradients(loss, [x])[0]!.toArray()).toEqual([4, 6]);
  });
});

describe(".grad", () => {
  test("accumulates until it is cleared", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    x.mul(x).sum().backward();
    x.mul(10).sum().backward();
    expect(x.grad!.toArray()).toEqual([12, 14]);
    x.sum().backward();
    expect(x.grad!.toArray()).toEqual([13, 15]);
    x.grad = null;
    x.sum().backward();
    expect(x.grad!.toArray()).toEqual([1, 1]);
  });

  test("what was read does not change when more arrives", () => {
    const x = tensor([1], { requiresGrad: true });
    x.mul(2).sum().backward();
    const before = x.grad!;
    x.mul(3).sum().backward();
    expect([before.item(), x.grad!.item()]).toEqual([2, 5]);
  });

  test("reaches leaves along every path, and no intermediate result", () => {
    const x = tensor([3], { requiresGrad: true });
    const y = x.mul(2);
    const loss = y.mul(y).add(x).sum();
    loss.backward();
    expect(x.grad!.item()).toBe(25);
    expect(y.grad).toBeNull();
    expect(loss.grad).toBeNull();
  });

  test("is weighed by { gradient }", () => {
    const x = tensor([1, 2, 3], { requiresGrad: true });
    x.mul(x).backward({ gradient: tensor([1, 10, 100]) });
    expect(x.grad!.toArray()).toEqual([2, 40, 600]);
  });

  test("does not require grad itself, but with createGraph", () => {
    const x = tensor([2], { requiresGrad: true });
    x.pow(3).sum().backward();
    expect(x.grad!.requiresGrad).toBe(false);
    x.grad = null;
    x.pow(3).sum().backward({ createGraph: true });
    expect(gradients(x.grad!.sum(), [x])[0]!.item()).toBe(12);
  });
});

describe("gradients of gradients", () => {
  test("a polynomial down to zero", () => {
    const x = tensor([2, -1, 0.5], { requiresGrad: true, dtype: "float64" });
    // 3x⁴ − 2x³ + x and its derivatives
    let y = x.mul(x).mul(x).mul(x).mul(3).sub(x.mul(x).mul(x).mul(2)).add(x);
    const derivatives = [
      (v: number) => 12 * v ** 3 - 6 * v ** 2 + 1,
      (v: number) => 36 * v ** 2 - 12 * v,
      (v: number) => 72 * v - 12,
      () => 72,
    ];
    for (const derivative of derivatives) {
      y = gradients(y.sum(), [x])[0]!;
      expect(y.toArray()).toEqual([2, -1, 0.5].map(derivative));
    }
    expect(gradients(y.sum(), [x])[0]!.toArray()).toEqual([0, 0, 0]);
  });

  test("mixed: ∂²/∂x∂w of x²w³", () => {
    const [x, w] = [
      tensor([2], { requiresGrad: true, dtype: "float64" }),
      tensor([3], { requiresGrad: true, dtype: "float64" }),
    ];
    const [gx] = gradients(x.mul(x).mul(w).mul(w).mul(w).sum(), [x]);
    expect(gradients(gx!.sum(), [w])[0]!.item()).toBe(2 * 2 * 3 * 9);
  });

  test("of an intermediate result", () => {
    const x = tensor([3], { requiresGrad: true });
    const y = x.mul(x);
    expect(gradients(y.mul(y).sum(), [y, x]).map((g) => g.item())).toEqual([18, 108]);
  });
});

describe("what cuts a graph", () => {
  test("detach", () => {
    const x = tensor([3], { requiresGrad: true });
    const y = x.mul(x);
    expect(y.detach().requiresGrad).toBe(false);
    y.detach().mul(x).sum().backward();
    expect(x.grad!.item()).toBe(9);
  });

  test("detach of a result already read shares nothing with its history", () => {
    const x = tensor([3], { requiresGrad: true });
    const y = x.mul(x);
    y.dataSync();
    expect(isLeaf(y.detach())).toBe(true);
    expect(isLeaf(y)).toBe(false);
  });

  test("a parameter that does not require grad", () => {
    const [frozen, w] = [new Parameter(tensor([2]), { requiresGrad: false }), new Parameter(tensor([3]))];
    frozen.mul(w).sum().backward();
    expect(frozen.grad).toBeNull();
    expect(w.grad!.item()).toBe(2);
  });

  test("a gradient that does not depend on x is zero for gradients() and absent for backward()", () => {
    const [x, other] = [tensor([3], { requiresGrad: true }), tensor([[1, 2]], { requiresGrad: true })];
    const loss = x.mul(2).sum();
    expect(gradients(loss, [other])[0]!.toArray()).toEqual([[0, 0]]);
    loss.backward();
    expect(other.grad).toBeNull();
  });
});

describe("the value of a parameter", () => {
  test("is that of the moment the expression was built", () => {
    const w = new Parameter(tensor([2]));
    const [before, square] = [w.mul(10), w.mul(w).sum()];
    w.assign(tensor([5]));
    expect([before.item(), w.mul(10).item()]).toEqual([20, 50]);
    square.backward();
    expect(w.grad!.item()).toBe(4);
  });

  test("may be an expression, behind which backward() does not go", () => {
    const source = tensor([2], { requiresGrad: true });
    const w = new Parameter(source.mul(3));
    w.mul(w).sum().backward();
    expect(w.grad!.item()).toBe(12);
    expect(source.grad).toBeNull();
    expect(isLeaf(w)).toBe(false); // until somebody reads it
    w.item();
    expect(isLeaf(w)).toBe(true);
  });

  test("is not shared with the tensor it came from", () => {
    const source = tensor([2]);
    const [v, w] = [new Parameter(source), new Parameter(source)];
    v.assign(tensor([7]));
    expect([source.item(), w.item(), v.item()]).toEqual([2, 2, 7]);
  });

  test("a state dict keeps the numbers it was made with", () => {
    const net = new nn.Conv1d(1, 1, 1);
    const state = net.stateDict();
    const before = state.get("weight")!.item();
    net.weight.assign(net.weight.mul(2).detach());
    expect(state.get("weight")!.item()).toBe(before);
    net.loadStateDict(state);
    expect(net.weight.item()).toBe(before);
  });
});
