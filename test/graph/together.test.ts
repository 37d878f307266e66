import {
  evaluate,
  evaluateSync,
  GraphError,
  nn,
  noGrad,
  OptionTypeError,
  optim,
  Parameter,
  rand,
  type Tensor,
  tensor,
} from "atrous";
import { describe, expect, test } from "vitest";
import { counting } from "./counting.ts";

const times = (computed: readonly string[], name: string): number => computed.filter((op) => op === name).length;

describe("several tensors at once", () => {
  test("what they share is computed once", () =>
    counting(async (count) => {
      const h = rand([4, 4]).exp();
      const [a, b] = [h.sum(), h.mean()];
      await evaluate([a, b]);
      expect(count.runs).toBe(1);
      expect(times(count.computed, "exp")).toBe(1);
      expect([a.item() / 16, count.runs]).toEqual([expect.closeTo(b.item(), 5), 1]);
    }));

  test("under noGrad, read one after the other, they would be computed twice", () =>
    counting((count) => {
      const h = noGrad(() => rand([4]).exp());
      const [a, b] = noGrad(() => [h.sum(), h.mean()] as const);
      evaluateSync([a, b, h]);
      expect([a.item(), b.item(), h.toArray()].length).toBe(3);
      expect([count.runs, times(count.computed, "exp")]).toEqual([1, 1]);
    }));

  test("a prediction beside the step costs no second forward", () =>
    counting((count) => {
      const layer = new nn.Conv1d(1, 1, 3);
      const optimizer = new optim.SGD(layer.parameters(), { lr: 0.1 });
      const y = layer.forward(rand([1, 1, 8]));
      y.pow(2).mean().backward();
      evaluateSync([y]);
      optimizer.step();
      y.dataSync();
      expect(times(count.computed, "conv1d")).toBe(1);
    }));

  test("refuses what is no array of tensors", async () => {
    await expect(evaluate(tensor([1]) as never)).rejects.toThrow(
      new OptionTypeError("evaluate: expected an array of tensors, got Tensor"),
    );
    expect(() => evaluateSync([1 as never])).toThrow(new OptionTypeError("evaluateSync: expected a tensor, got 1"));
  });
});

test("two graphs that share a part, one of them waiting for its backward(): no second forward", () =>
  counting((count) => {
    // A generator and a critic, trained in turns.
    const [G, D] = [new nn.Conv1d(1, 1, 3), new nn.Conv1d(1, 1, 3)];
    const [stepG, stepD] = [G, D].map((net) => new optim.SGD(net.parameters(), { lr: 0.1 }));
    const fake = G.forward(rand([1, 1, 16]));
    D.forward(fake.detach()).mean().backward();
    stepD!.step();
    const before = times(count.computed, "conv1d");
    const loss = D.forward(fake).mean();
    loss.backward();
    stepG!.step();
    expect([before, times(count.computed, "conv1d")]).toEqual([2, 3]); // G, D; then D alone
  }));

describe("backward() a second time is an error, whether or not anything was computed between", () => {
  const build = (): { x: Parameter; loss: Tensor } => {
    const x = new Parameter(tensor([3]));
    return { x, loss: x.mul(x).sum() };
  };

  test.each([false, true])("computed between: %s", (computed) => {
    const { loss } = build();
    loss.backward();
    if (computed) loss.item();
    expect(() => loss.backward()).toThrow(GraphError);
    expect(() => loss.mul(2).backward()).toThrow("backward: an earlier backward() has let go of this graph");
  });

  test.each([false, true])("with retainGraph it adds up, computed between: %s", (computed) => {
    const { x, loss } = build();
    loss.backward({ retainGraph: true });
    if (computed) loss.item();
    loss.backward();
    expect(x.grad!.item()).toBe(12);
  });
});

test("a frozen parameter gets no gradient, and passes none on that only it needs", () =>
  counting((count) => {
    const [first, second] = [new nn.Conv1d(1, 1, 3), new nn.Conv1d(1, 1, 3)];
    for (const parameter of first.parameters()) parameter.requiresGrad = false;
    second
      .forward(first.forward(rand([1, 1, 9])))
      .sum()
      .backward();
    expect([first.weight.grad, first.bias!.grad]).toEqual([null, null]);
    second.weight.grad!.dataSync();
    expect(times(count.computed, "conv1dInput")).toBe(0);
    first.weight.requiresGrad = true;
    second
      .forward(first.forward(rand([1, 1, 9])))
      .sum()
      .backward();
    expect(first.weight.grad).not.toBeNull();
  }));
