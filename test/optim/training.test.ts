import { manualSeed, nn, optim, stack, type Tensor, tensor } from "atrous";
import { expect, test } from "vitest";
import { fixture } from "./fixture.ts";

class Tanh extends nn.Module {
  override forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

const sines = (value: (t: number, n: number) => number): Tensor =>
  stack(
    Array.from({ length: 4 }, (_, n) =>
      tensor([Array.from({ length: 64 }, (_, t) => value(t, n))], { dtype: "float64" }),
    ),
  );

test("60 steps of a denoiser follow PyTorch's loss curve: seed, layers, gradients, clipping, Adam, schedule", () => {
  manualSeed(7);
  const net = new nn.Sequential(
    new nn.Conv1d(1, 8, 5, { stride: 2, padding: 2, paddingMode: "reflect" }),
    new Tanh(),
    new nn.Conv1d(8, 8, 3, { dilation: 2, padding: 2, groups: 2 }),
    new Tanh(),
    new nn.ConvTranspose1d(8, 1, 4, { stride: 2, padding: 1 }),
  );
  const pure = sines((t, n) => Math.sin(t * (0.1 + 0.07 * n) + n));
  const noisy = pure.add(sines((t, n) => 0.3 * Math.sin(t * t * (0.37 + 0.11 * n)))).to("float32");
  const clean = pure.to("float32");
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.02 });
  const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 60);
  for (const [step, expected] of fixture.training.losses.entries()) {
    optimizer.zeroGrad();
    const loss = net.forward(noisy).sub(clean).pow(2).mean();
    loss.backward();
    const norm = nn.utils.clipGradNorm(net.parameters(), 0.5);
    optimizer.step();
    scheduler.step();
    expect(Math.abs(loss.item() - expected), `loss of step ${step}`).toBeLessThan(1e-5 * expected);
    expect(Math.abs(norm.item() / fixture.training.norms[step]! - 1), `norm of step ${step}`).toBeLessThan(1e-3);
  }
});
