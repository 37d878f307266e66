import { manualSeed, nn, rand, type Tensor } from "atrous";

/** One of every layer that has parameters or buffers. Its file must load for ever: never edit, only add a second network. */
export class Network1 extends nn.Module {
  readonly down = new nn.Conv1d(2, 4, 3, { stride: 2, padding: "causal", groups: 2 });
  readonly norm = new nn.BatchNorm1d(4);
  readonly slope = new nn.PReLU(4);
  readonly blocks = [
    new nn.Sequential(
      nn.utils.weightNorm(new nn.Conv1d(4, 4, 3, { padding: 1, paddingMode: "reflect" })),
      new nn.Snake(4),
    ),
    new nn.Sequential(
      nn.utils.parametrizations.weightNorm(new nn.Conv1d(4, 4, 1, { bias: false })),
      new nn.GroupNorm(2, 4),
      new nn.InstanceNorm1d(4, { affine: true, trackRunningStats: true }),
    ),
  ];
  readonly up = new nn.ConvTranspose1d(4, 3, 4, { stride: 2, padding: 1, paddingMode: "circular" });
  readonly head = new nn.Linear(16, 2);
  readonly last = new nn.LayerNorm(2);

  /** `(N, 2, 16)` to `(N, 3, 2)`. */
  override forward(x: Tensor): Tensor {
    const h = this.slope.forward(this.norm.forward(this.down.forward(x)));
    const y = this.blocks.reduce((sum, block) => sum.add(block.forward(sum)), h);
    return this.last.forward(this.head.forward(this.up.forward(y)));
  }
}

/** What the file was made from: seeded, and trained far enough for every buffer to have moved. */
export function freeze(): { net: Network1; x: Tensor } {
  manualSeed(20);
  const net = new Network1();
  for (let batch = 0; batch < 3; batch++) net.forward(rand([4, 2, 16]).mul(batch + 1)).dataSync();
  return { net: net.eval(), x: rand([1, 2, 16]) };
}
