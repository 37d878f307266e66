import { getBackend, gradients, nn, optim, Parameter, setBackend, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { makeNet, trainStep } from "./fixture.ts";

type Name = "SGD" | "Adam" | "AdamW" | "RMSprop";
const every: [Name, Record<string, unknown>][] = [
  ["SGD", {}],
  ["SGD", { momentum: 0.9, nesterov: true, weightDecay: 0.1 }],
  ["Adam", { amsgrad: true, weightDecay: 0.1 }],
  ["AdamW", {}],
  ["RMSprop", { momentum: 0.9, centered: true }],
];
const make = (name: Name, options: object, params: Parameter[]): optim.Optimizer =>
  new optim[name](params, { lr: 0.01, ...options }) as unknown as optim.Optimizer;

/** Counts the runs of the backend while `body` runs, and can be told to fail. */
async function counted(body: (state: { runs: number; fail: boolean }) => void): Promise<void> {
  const before = getBackend();
  const state = { runs: 0, fail: false };
  await setBackend({
    name: "counting",
    synchronous: true,
    run: (order, outputs) => {
      state.runs++;
      if (state.fail) throw new Error("no memory");
      return before.run(order, outputs);
    },
  });
  try {
    body(state);
  } finally {
    await setBackend(before);
  }
}

const isLeaf = (tensor: Tensor): boolean => tensor.node().op === null && tensor.node().inputs.length === 0;

describe.each(every)("%s %j", (name, options) => {
  test("loss, gradients, state and parameters are one evaluation", () =>
    counted((state) => {
      const net = makeNet("float32");
      const optimizer = make(name, options, net.params);
      for (let step = 1; step <= 3; step++) {
        trainStep(net, optimizer);
        expect(state.runs).toBe(step);
      }
    }));

  test("after 2,000 steps nothing holds a graph", () => {
    const [x, w] = [tensor([[1, -2, 3]]), new Parameter(tensor([[[0.5, -0.25]]]))];
    const loss = (): Tensor => x.reshape([1, 1, 3]).slice(2, 0, 2).mul(w).tanh().sum();
    const optimizer = make(name, options, [w]);
    const net = { loss };
    for (let step = 0; step < 2000; step++) trainStep(net, optimizer);
    expect(isLeaf(w)).toBe(true);
    expect(isLeaf(w.grad!)).toBe(true);
    for (const tensors of Object.values(optimizer.stateDict().state))
      for (const item of Object.values(tensors)) expect(isLeaf(item)).toBe(true);
  });

  test("a step that fails changes nothing and can be repeated", () =>
    counted((state) => {
      const [net, twin] = [makeNet("float64"), makeNet("float64")];
      const [optimizer, other] = [make(name, options, net.params), make(name, options, twin.params)];
      for (let step = 0; step < 3; step++) {
        trainStep(twin, other);
        optimizer.zeroGrad();
        net.loss().backward();
        const before = net.params.map((parameter) => parameter.node());
        state.fail = true;
        expect(() => optimizer.step()).toThrow("no memory");
        state.fail = false;
        for (const [i, parameter] of net.params.entries()) expect(parameter.node()).toBe(before[i]);
        optimizer.step();
      }
      for (const [i, parameter] of net.params.entries())
        expect(parameter.dataSync()).toEqual(twin.params[i]!.dataSync());
    }));

  test("what is saved does not change with later steps, and loads", () => {
    const net = makeNet("float64");
    const optimizer = make(name, options, net.params);
    for (let step = 0; step < 3; step++) trainStep(net, optimizer);
    const saved = optimizer.stateDict();
    const params = net.params.map((parameter) => parameter.detach());
    const losses = Array.from({ length: 3 }, () => trainStep(net, optimizer));
    for (const [i, parameter] of net.params.entries()) parameter.assign(params[i]!);
    const again = make(name, {}, net.params);
    again.loadStateDict(saved);
    expect(Array.from({ length: 3 }, () => trainStep(net, again))).toEqual(losses);
  });

  test("numbers that change between steps are leaves: the graph has the same form in every step", () => {
    const forms: string[] = [];
    const net = makeNet("float32");
    const optimizer = make(name, options, net.params);
    return counted(() => {
      const { run } = getBackend();
      Object.assign(getBackend(), {
        run: (order: readonly Tensor[], outputs: readonly Tensor[]) => {
          const number = new Map(order.map((node, i) => [node, i]));
          const form = order.map((node) => [
            node.op?.name ?? "leaf",
            ...node.shape,
            ...node.inputs.map((input) => number.get(input)),
            outputs.includes(node),
          ]);
          forms.push(JSON.stringify(form));
          return run(order, outputs);
        },
      });
      for (let step = 0; step < 5; step++) {
        optimizer.paramGroups[0]!.lr = 0.1 / (step + 1);
        trainStep(net, optimizer);
      }
      // A momentum begins as the first gradient, so the first step of SGD may differ.
      expect(new Set(forms.slice(1)).size).toBe(1);
    });
  });
});

describe("parameters", () => {
  test("without a gradient are skipped, whatever the weight decay", () => {
    const [trained, idle, frozen] = [
      new Parameter(tensor([1, 2])),
      new Parameter(tensor([3])),
      new Parameter(tensor([4]), { requiresGrad: false }),
    ];
    const optimizer = new optim.AdamW([trained, idle, frozen], { weightDecay: 0.5 });
    trained.mul(frozen).sum().backward();
    optimizer.step();
    expect([...idle.dataSync(), ...frozen.dataSync()]).toEqual([3, 4]);
    expect(trained.dataSync()[0]).toBeLessThan(1);
    expect(Object.keys(optimizer.stateDict().state)).toEqual(["0"]);
  });

  test("a step without any gradient does nothing", () => {
    const w = new Parameter(tensor([1]));
    new optim.SGD([w]).step();
    expect(w.item()).toBe(1);
  });

  test("zeroGrad clears all; gradients accumulate until then", () => {
    const w = new Parameter(tensor([3]));
    const optimizer = new optim.SGD([w], { lr: 1 });
    w.sum().backward();
    w.mul(2).sum().backward();
    optimizer.step();
    expect(w.item()).toBe(0);
    optimizer.zeroGrad();
    expect(w.grad).toBeNull();
  });

  test("a gradient put there by hand counts; one that can be differentiated is not followed", () => {
    const [w, v] = [new Parameter(tensor([3])), new Parameter(tensor([2]))];
    const optimizer = new optim.SGD([w, v], { lr: 1, momentum: 0.5 });
    w.grad = tensor([1]);
    v.pow(3).sum().backward({ createGraph: true });
    expect(v.grad!.requiresGrad).toBe(true);
    optimizer.step();
    expect([w.item(), v.item()]).toEqual([2, -10]);
    expect(isLeaf(v)).toBe(true);
    expect(isLeaf(optimizer.stateDict().state[1]!.momentum_buffer!)).toBe(true);
    expect(gradients(v.grad!.sum(), [v.grad!])[0]!.item()).toBe(1);
  });

  test("results built before a step keep the old weights", () => {
    const w = new Parameter(tensor([3]));
    const y = w.mul(10);
    w.grad = tensor([1]);
    new optim.SGD([w], { lr: 1 }).step();
    expect([y.item(), w.mul(10).item()]).toEqual([30, 20]);
  });
});

test("defaults are PyTorch's", () => {
  const params = [new Parameter(tensor([1]))];
  const groupOf = ({ paramGroups: [group] }: { paramGroups: object[] }): object => ({ ...group, params: 0 });
  const adam = { params: 0, lr: 1e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, amsgrad: false };
  expect(groupOf(new optim.SGD(params))).toEqual({
    ...{ params: 0, lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
  });
  expect(groupOf(new optim.Adam(params))).toEqual(adam);
  expect(groupOf(new optim.AdamW(params))).toEqual({ ...adam, weightDecay: 1e-2 });
  expect(groupOf(new optim.RMSprop(params))).toEqual({
    ...{ params: 0, lr: 1e-2, alpha: 0.99, eps: 1e-8, weightDecay: 0, momentum: 0, centered: false },
  });
});

test("parameters come as any iterable, and in groups", () => {
  const net = new nn.Conv1d(1, 2, 3);
  const optimizer = new optim.SGD([{ params: net.weight, lr: 0.5 }, { params: new Set([net.bias!]) }], { lr: 0.25 });
  expect(optimizer.paramGroups.map(({ lr, params }) => [lr, params.length])).toEqual([
    [0.5, 1],
    [0.25, 1],
  ]);
});
