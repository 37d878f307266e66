import {
  evaluateSync,
  F,
  getBackend,
  manualSeed,
  nn,
  noGrad,
  optim,
  randn,
  setBackend,
  type Tensor,
  tensor,
} from "atrous";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type CheckedBackend, checkedBackend } from "./checkedBackend.ts";
import { wordsOf } from "./planOf.ts";

const before = getBackend();
let backend: CheckedBackend;
beforeEach(async () => {
  backend = checkedBackend();
  manualSeed(3);
  await setBackend(backend);
});
afterAll(() => setBackend(before));

/** A stack of gated dilated layers with residual and skip connections, as in WaveNet. */
class Gated extends nn.Module {
  readonly enter = new nn.Conv1d(1, 4, 1);
  readonly layers = [1, 2, 4].map((dilation) => new nn.Conv1d(4, 8, 2, { dilation, padding: "causal" }));
  readonly mix = [1, 2, 4].map(() => new nn.Conv1d(4, 4, 1));
  readonly leave = new nn.Conv1d(4, 1, 1);

  override forward(x: Tensor): Tensor {
    let y = this.enter.forward(x);
    let skip: Tensor | undefined;
    for (const [i, layer] of this.layers.entries()) {
      const [a, b] = layer.forward(y).chunk(2, -2) as [Tensor, Tensor];
      const z = this.mix[i]!.forward(a.tanh().mul(b.sigmoid()));
      skip = skip ? skip.add(z) : z;
      y = y.add(z);
    }
    return this.leave.forward(skip!.relu());
  }
}

const normed = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv1d(1, 4, 3, { padding: "same", paddingMode: "reflect" }),
    new nn.BatchNorm1d(4),
    new nn.LeakyReLU(0.1),
    new nn.Dropout(0.25),
    nn.utils.weightNorm(new nn.Conv1d(4, 6, 4, { stride: 2, groups: 2 })),
    new nn.GroupNorm(3, 6),
    new nn.Snake(6),
    new nn.MaxPool1d(2),
    new nn.ConvTranspose1d(6, 1, 4, { stride: 4, paddingMode: "circular", padding: 1 }),
  );

type Train = [string, () => nn.Module, (net: nn.Module) => optim.Optimizer];
const trainings: Train[] = [
  ["gated layers, Adam", () => new Gated(), (net) => new optim.Adam([...net.parameters()], { amsgrad: true })],
  [
    "gated layers, SGD",
    () => new Gated(),
    (net) => new optim.SGD([...net.parameters()], { momentum: 0.9, nesterov: true }),
  ],
  ["norms, AdamW", normed, (net) => new optim.AdamW([...net.parameters()])],
  ["norms, RMSprop", normed, (net) => new optim.RMSprop([...net.parameters()], { centered: true, momentum: 0.5 })],
];

describe("the plan of a training step gives the bits of the reference backend", { timeout: 60_000 }, () => {
  test.each(trainings)("%s", (_name, build, optimizerOf) => {
    const net = build();
    const optimizer = optimizerOf(net);
    for (let step = 0; step < 5; step++) {
      const x = randn([2, 1, 24]);
      optimizer.zeroGrad();
      const y = net.forward(x);
      const target = x.slice(2, 0, y.shape[2]!);
      F.mseLoss(y, target).backward();
      optimizer.step();
    }
    expect(backend.plans.length).toBe(5);
    // The first step may differ from the others, because an optimizer has no state yet.
    expect(backend.made()).toBeLessThanOrEqual(2);
    expect(backend.plans[0]!.steps.filter(({ epilogue }) => epilogue !== null).length).toBeGreaterThan(2);
  });
});

test("a loss read before backward() keeps what the gradients need; both runs are right", () => {
  const net = new Gated();
  for (let step = 0; step < 3; step++) {
    const loss = net
      .forward(randn([2, 1, 24]))
      .square()
      .mean();
    loss.item();
    loss.backward();
    expect(net.enter.weight.grad!.dataSync().length).toBe(4);
  }
  // One for the loss, one for the gradients, and one for the first loss, in which the weights have yet to be drawn.
  expect(backend.made()).toBe(3);
  expect(backend.plans.length).toBe(6);
});

test("whole and unbatched signals, training and evaluation are plans of their own", () => {
  const net = new nn.Sequential(new nn.Conv1d(1, 4, 3), new nn.BatchNorm1d(4), new nn.Dropout(0.25));
  const made = (shape: number[]): number => {
    net.forward(randn(shape)).dataSync();
    return backend.made();
  };
  expect([made([2, 1, 24]), made([2, 1, 24]), made([2, 1, 25])]).toEqual([1, 1, 2]);
  net.eval();
  expect([made([2, 1, 24]), made([2, 1, 24]), made([3, 1, 24])]).toEqual([3, 3, 4]);
});

test("gradients of gradients, several results at once, float64", () => {
  const x = randn([1, 2, 9], { dtype: "float64", requiresGrad: true });
  const w = randn([2, 2, 3], { dtype: "float64", requiresGrad: true });
  const y = F.gelu(F.conv1d(x, w, tensor([0.5, -1], { dtype: "float64" }), { padding: "same" }));
  y.square().sum().backward({ createGraph: true });
  x.grad!.square().sum().backward();
  evaluateSync([y, x.grad!, w.grad!, y.sum()]);
  expect(
    backend.plans
      .at(-1)!
      .steps.map(wordsOf)
      .some((words) => words.startsWith("conv1dInput: ")),
  ).toBe(true);
});

test("a network for inference has one step per convolution", () => {
  const layers = [1, 2, 4].map((dilation) => new nn.Conv1d(4, 4, 3, { padding: "same", dilation }));
  const net = new nn.Sequential(...layers.flatMap((layer) => [layer, new nn.SiLU()]));
  noGrad(() => net.forward(randn([4, 50]))).dataSync();
  expect(backend.plans[0]!.steps.map(wordsOf)).toEqual(layers.map(() => "conv1d: add sigmoid mul"));
});
