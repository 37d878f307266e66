import { cat, nn, type Tensor } from "../../../dist/index.js";

/** A causal convolution, an activation, a convolution with one tap, and the way past them. */
class Residual extends nn.Module {
  readonly conv: nn.Conv1d;
  readonly mix: nn.Conv1d;

  constructor(channels: number, dilation: number) {
    super();
    this.conv = new nn.Conv1d(channels, channels, 3, { dilation, padding: "causal" });
    this.mix = new nn.Conv1d(channels, channels, 1);
  }

  override forward(x: Tensor): Tensor {
    return x.add(this.mix.forward(this.conv.forward(x).tanh()));
  }
}

/** 16 channels, ten layers with dilations 1, 2, 4, … 512. */
export const tcn = (bias = true): nn.Module => {
  const net = new nn.Sequential(
    new nn.Conv1d(1, 16, 1),
    ...Array.from({ length: 10 }, (_, i) => new Residual(16, 2 ** i)),
    new nn.Conv1d(16, 1, 1),
  );
  if (!bias)
    for (const [name, parameter] of net.namedParameters())
      if (name.endsWith("bias")) parameter.assign(parameter.mul(0).detach());
  return net;
};

/** One of the two arrays of a Neural Amp Modeler WaveNet. */
class Stack extends nn.Module<[Tensor, Tensor, Tensor | null], [Tensor, Tensor]> {
  readonly rechannel: nn.Conv1d;
  readonly convs: nn.Conv1d[];
  readonly inputs: nn.Conv1d[];
  readonly mixes: nn.Conv1d[];
  readonly head: nn.Conv1d;

  constructor(from: number, channels: number, head: number, headBias: boolean) {
    super();
    const dilations = Array.from({ length: 10 }, (_, i) => 2 ** i);
    this.rechannel = new nn.Conv1d(from, channels, 1, { bias: false });
    this.convs = dilations.map((dilation) => new nn.Conv1d(channels, channels, 3, { dilation, padding: "causal" }));
    this.inputs = dilations.map(() => new nn.Conv1d(1, channels, 1, { bias: false }));
    this.mixes = dilations.map(() => new nn.Conv1d(channels, channels, 1));
    this.head = new nn.Conv1d(channels, head, 1, { bias: headBias });
  }

  override forward(signal: Tensor, condition: Tensor, before: Tensor | null): [Tensor, Tensor] {
    let [x, head] = [this.rechannel.forward(signal), before];
    this.convs.forEach((conv, i) => {
      const z = conv.forward(x).add(this.inputs[i]!.forward(condition)).tanh();
      head = head ? head.add(z) : z;
      x = x.add(this.mixes[i]!.forward(z));
    });
    return [x, this.head.forward(head!)];
  }
}

/** Neural Amp Modeler, "standard": 16 and 8 channels, 13.8 thousand weights, 0.63 GMAC per second at 48 kHz. */
export class Nam extends nn.Module {
  readonly first = new Stack(1, 16, 8, false);
  readonly second = new Stack(16, 8, 1, true);

  override forward(x: Tensor): Tensor {
    const [signal, head] = this.first.forward(x, x, null);
    return this.second.forward(signal, x, head)[1];
  }
}

/** A U-Net of strided and transposed convolutions, hop 64, with skips. */
export class UNet extends nn.Module {
  readonly down = [1, 16, 32].map(
    (channels, i) => new nn.Conv1d(channels, 16 * 2 ** i, 8, { stride: 4, padding: [4, 0] }),
  );
  readonly up = [64, 64, 32].map(
    (channels, i) => new nn.ConvTranspose1d(channels, [32, 16, 1][i]!, 8, { stride: 4, padding: [0, 4] }),
  );

  override forward(x: Tensor): Tensor {
    const skips: Tensor[] = [];
    let h = x;
    for (const layer of this.down) {
      h = layer.forward(h).relu();
      skips.push(h);
    }
    this.up.forEach((layer, i) => {
      const skip = skips[2 - i]!;
      h = layer.forward(i === 0 ? h : cat([h, skip], 1));
      if (i < 2) h = h.relu();
    });
    return h;
  }
}
