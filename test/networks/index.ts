/**
 * Real one-dimensional networks, for tests and for the table of latencies: the published geometry (kernels, strides, dilations,
 * padding), and so the published look-ahead, with few channels, so that they run fast.
 */
import { manualSeed, nn, rand, randn } from "atrous";
import { DacDecoder, DacEncoder } from "./dac.ts";
import { Demucs } from "./demucs.ts";
import { EncodecDecoder, EncodecEncoder } from "./encodec.ts";
import { HifiGan, hifiGanV1, hifiGanV3 } from "./hifiGan.ts";
import { MelGan } from "./melGan.ts";
import { Rave } from "./rave.ts";
import { Silero } from "./silero.ts";
import { Tcn } from "./tcn.ts";
import { namSizes, Wavenet } from "./wavenet.ts";
import { WaveUNet, type WaveUNetOptions } from "./waveUNet.ts";

export interface Network {
  name: string;
  /** The network with few channels, in evaluation, its weights drawn from a fixed seed. */
  make: () => nn.Module;
  /** Channels of the input. */
  channels: number;
  /** Of the *input* of the published network, in Hz: for a vocoder mel frames per second. */
  sampleRate: number;
  /** Lengths that the network takes, the first the shortest or nearly so. */
  lengths: readonly number[];
  /** What the network is there for, and where it differs from the published one. */
  note: string;
}

const seeded = (build: () => nn.Module) => (): nn.Module => {
  manualSeed(20);
  return build().eval();
};

/** Batch norm with statistics as after training: at first they are 0 and 1, and the layer does nothing. */
function trained<M extends nn.Module>(network: M): M {
  for (const module of network.modules())
    if (module instanceof nn.BatchNorm1d) {
      const { shape } = module.getBuffer("running_mean");
      module.setBuffer("running_mean", randn(shape).mul(0.1));
      module.setBuffer("running_var", rand(shape).add(0.5));
    }
  return network;
}

const melRate = 22_050 / 256;
const smallUNet: WaveUNetOptions = { inputChannels: 1, channels: [3, 4, 5], norm: "batch" };
const fixedUNet: WaveUNetOptions = { ...smallUNet, resample: "fixed" };
/** Without drawing weights: to import this table leaves the random numbers as they are. */
const unetLengths = (options: WaveUNetOptions, frames: readonly number[]): number[] => {
  const network = nn.utils.skipInit(() => new WaveUNet(options));
  return frames.map((count) => network.lengthsOf(count).input);
};
const smallCodec = { filters: 2, dimension: 6 };
const smallDac = { encoderChannels: 1, decoderChannels: 32, latentChannels: 5 };
const oddDac = { ...smallDac, strides: [2, 4, 5, 8] };

export const networks: readonly Network[] = [
  {
    name: "HiFi-GAN V1",
    make: seeded(() => new HifiGan({ ...hifiGanV1, melChannels: 4, channels: 16 })),
    channels: 4,
    sampleRate: melRate,
    lengths: [1, 6, 17],
    note: "upsampling × 256, zero padding on both sides, means of residual branches",
  },
  {
    name: "HiFi-GAN V3",
    make: seeded(() => new HifiGan({ ...hifiGanV3, melChannels: 4, channels: 8, weightNorm: true })),
    channels: 4,
    sampleRate: melRate,
    lengths: [1, 6, 17],
    note: "wide dilations, weight norm not folded",
  },
  {
    name: "MelGAN",
    make: seeded(() => new MelGan({ melChannels: 4, channels: 1 })),
    channels: 4,
    sampleRate: melRate,
    lengths: [4, 7, 18],
    note: "reflection padding: at least 4 frames",
  },
  {
    name: "MelGAN, odd ratios",
    make: seeded(() => new MelGan({ melChannels: 4, channels: 1, ratios: [5, 3, 2, 2] })),
    channels: 4,
    sampleRate: 16_000 / 60,
    lengths: [4, 7, 18],
    note: "output padding; not a published size",
  },
  {
    name: "TCN",
    make: seeded(() => new Tcn({ channels: new Array<number>(8).fill(4) })),
    channels: 1,
    sampleRate: 16_000,
    lengths: [1, 100, 1000, 4000],
    note: "causal by cutting off the end; no rate of its own, a receptive field of 3061 samples",
  },
  {
    name: "Demucs denoiser",
    make: seeded(() => new Demucs({ hidden: 2 })),
    channels: 1,
    sampleRate: 64_000,
    lengths: [2388, 3412, 5000],
    note: "skips trimmed to the decoder's length; the published model resamples 16 kHz by 4 first",
  },
  {
    name: "Wave-U-Net",
    make: seeded(() => trained(new WaveUNet(smallUNet))),
    channels: 1,
    sampleRate: 44_100,
    lengths: unetLengths(smallUNet, [5, 6, 20]),
    note: "three levels of six; valid convolutions, skips cropped to the centre, batch norm in evaluation",
  },
  {
    name: "Wave-U-Net, fixed resampling",
    make: seeded(() => trained(new WaveUNet(fixedUNet))),
    channels: 1,
    sampleRate: 44_100,
    lengths: unetLengths(fixedUNet, [9, 10, 20]),
    note: "three levels of six; depthwise low-pass filters, also transposed, with reflection",
  },
  {
    name: "EnCodec 24k encoder",
    make: seeded(() => new EncodecEncoder(smallCodec)),
    channels: 1,
    sampleRate: 24_000,
    lengths: [2240, 3200, 4001],
    note: "causal, reflection at the beginning: at least 7 frames of 320 samples",
  },
  {
    name: "EnCodec 24k decoder",
    make: seeded(() => new EncodecDecoder(smallCodec)),
    channels: 6,
    sampleRate: 75,
    lengths: [7, 12],
    note: "causal, transposed convolutions trimmed at the end: at least 7 frames",
  },
  {
    name: "EnCodec 24k",
    make: seeded(() => new nn.Sequential(new EncodecEncoder(smallCodec), new EncodecDecoder(smallCodec))),
    channels: 1,
    sampleRate: 24_000,
    lengths: [2240, 3200, 4001],
    note: "encoder and decoder, without the quantiser; at least 7 frames of 320 samples",
  },
  {
    name: "DAC 44k",
    make: seeded(() => new nn.Sequential(new DacEncoder(smallDac), new DacDecoder(smallDac))),
    channels: 1,
    sampleRate: 44_100,
    lengths: [512, 2048, 5000],
    note: "encoder and decoder, without the quantiser; Snake",
  },
  {
    name: "DAC 24k decoder",
    make: seeded(() => new DacDecoder(oddDac)),
    channels: 5,
    sampleRate: 75,
    lengths: [1, 5, 12],
    note: "an odd stride without output padding: 320 T − 8 samples",
  },
  {
    name: "DAC 24k decoder, unpadded",
    make: seeded(() => new DacDecoder({ ...oddDac, padded: false })),
    channels: 5,
    sampleRate: 75,
    lengths: [23, 30],
    note: "skips cropped to the centre",
  },
  {
    name: "NAM WaveNet",
    make: seeded(() => new Wavenet({ arrays: namSizes.nano })),
    channels: 1,
    sampleRate: 48_000,
    lengths: [4093, 4100, 6000],
    note: "valid convolutions: the first 4092 samples give nothing; the published nano size",
  },
  {
    name: "NAM WaveNet, causal",
    make: seeded(() => new Wavenet({ arrays: namSizes.nano, causal: true })),
    channels: 1,
    sampleRate: 48_000,
    lengths: [1, 300, 5000],
    note: "as many samples out as in, zeros before the first; the published nano size",
  },
  {
    name: "Silero VAD",
    make: seeded(() => new Silero({ channels: 8 })),
    channels: 1,
    sampleRate: 16_000,
    lengths: [512, 1300, 4096],
    note: "Fourier transform as a convolution, magnitude",
  },
  {
    name: "RAVE v2",
    make: seeded(() => new Rave({ capacity: 2, latentSize: 4 })),
    channels: 1,
    sampleRate: 48_000,
    lengths: [2048, 4096, 10_240],
    note: "filter bank of 16, channels split for the mean and for the gate; without noise",
  },
];
