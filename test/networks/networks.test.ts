import { manualSeed, nn, randn, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { DacDecoder, DacEncoder } from "./dac.ts";
import { Demucs } from "./demucs.ts";
import { EncodecDecoder, EncodecEncoder } from "./encodec.ts";
import { HifiGan, hifiGanV1, hifiGanV2, hifiGanV3 } from "./hifiGan.ts";
import { networks } from "./index.ts";
import { MelGan } from "./melGan.ts";
import { Pqmf } from "./pqmf.ts";
import { Rave, RaveDecoder, RaveEncoder } from "./rave.ts";
import { Silero } from "./silero.ts";
import { Tcn } from "./tcn.ts";
import { namSizes, Wavenet } from "./wavenet.ts";
import { WaveUNet } from "./waveUNet.ts";

/** Numbers that are trained, weight norm folded. */
function count(build: () => nn.AnyModule): number {
  let sum = 0;
  for (const [name, { size }] of nn.utils.skipInit(build).namedParameters())
    if (!name.endsWith("weight_g")) sum += size;
  return sum;
}

/** The output length of a network, nothing computed. */
const lengthAfter = (network: nn.Module, channels: number, length: number): number =>
  network.forward(zeros([1, channels, length])).shape[2]!;

describe("as many parameters as published", () => {
  test.each([
    ["HiFi-GAN V1", 13_926_017, 13.92, () => new HifiGan(hifiGanV1)],
    ["HiFi-GAN V2", 925_985, 0.926, () => new HifiGan(hifiGanV2)],
    ["HiFi-GAN V3", 1_462_273, 1.46, () => new HifiGan(hifiGanV3)],
    ["MelGAN", 4_260_257, 4.26, () => new MelGan()],
    ["TCN", 66_250, 0.066, () => new Tcn()],
    ["Demucs denoiser, 48 channels", 18_867_937, 18.9, () => new Demucs()],
    ["Demucs denoiser, 64 channels", 33_533_569, 33.5, () => new Demucs({ hidden: 64 })],
    ["Wave-U-Net", 17_477_538, 17.5, () => new WaveUNet({ norm: "group", resample: "fixed" })],
    ["EnCodec 24k encoder", 7_423_472, 7.42, () => new EncodecEncoder()],
    ["EnCodec 24k decoder", 7_423_345, 7.42, () => new EncodecDecoder()],
    ["DAC 44k encoder", 22_299_200, 22.3, () => new DacEncoder()],
    ["DAC 44k decoder", 54_091_105, 54.1, () => new DacDecoder()],
    ["DAC 24k encoder", 21_512_768, 21.5, () => new DacEncoder({ strides: [2, 4, 5, 8] })],
    ["DAC 24k decoder", 52_321_633, 52.3, () => new DacDecoder({ strides: [2, 4, 5, 8] })],
    ["RAVE v2 encoder", 16_046_592, 16.0, () => new RaveEncoder()],
    ["RAVE v2 decoder", 15_467_520, 15.5, () => new RaveDecoder()],
  ] as const)("%s: %d", (_, exact, published, build) => {
    expect(count(build)).toBe(exact);
    expect(exact / 1e6 / published).toBeCloseTo(1, 2);
  });

  test.each([
    ["standard", 13_802],
    ["lite", 6554],
    ["feather", 3026],
    ["nano", 842],
  ] as const)("NAM %s: %d", (size, published) => {
    const headScale = 1; // stored with the weights
    expect(count(() => new Wavenet({ arrays: namSizes[size] })) + headScale).toBe(published);
    expect(lengthAfter(new Wavenet({ arrays: namSizes[size] }), 1, 4093)).toBe(1);
  });

  test("Silero VAD, its Fourier basis among them", () => {
    const basis = new Silero().getBuffer("forward_basis_buffer").size;
    expect(count(() => new Silero()) + basis).toBe(309_633);
  });

  test("with weight norm one number more for each output channel, of transposed layers for each input channel", () => {
    const network = nn.utils.skipInit(() => new HifiGan({ ...hifiGanV2, weightNorm: true }));
    const names = Array.from(network.namedParameters(), ([name]) => name);
    expect(names).toContain("resblocks.11.convs2.2.weight_g");
    expect(names).toContain("ups.3.weight_v");
    expect(count(() => network)).toBe(925_985);
  });
});

describe("lengths", () => {
  test.each([1, 7, 32])("vocoders: %d mel frames are 256 samples each", (frames) => {
    for (const options of [hifiGanV1, hifiGanV2, hifiGanV3])
      expect(lengthAfter(new HifiGan({ ...options, channels: 16 }), 80, frames)).toBe(256 * frames);
    expect(lengthAfter(new MelGan({ channels: 1 }), 80, frames + 3)).toBe(256 * (frames + 3));
  });

  test("an odd ratio of MelGAN multiplies the length exactly", () => {
    expect(lengthAfter(new MelGan({ channels: 1, ratios: [5, 3] }), 80, 11)).toBe(165);
  });

  test("DAC: the decoder for 24 kHz makes 23 992 samples of 75 frames, that for 44.1 kHz all of them", () => {
    const options = { encoderChannels: 2, decoderChannels: 32 };
    const odd = { ...options, strides: [2, 4, 5, 8] };
    expect(lengthAfter(new DacEncoder(odd), 1, 24_000)).toBe(75);
    expect(lengthAfter(new DacDecoder(odd), 32, 75)).toBe(23_992);
    expect(lengthAfter(new DacEncoder(options), 1, 512 * 86)).toBe(86);
    expect(lengthAfter(new DacDecoder(options), 32, 86)).toBe(512 * 86);
  });

  test("EnCodec: 320 samples per frame there and back; the beginning of another frame is lost", () => {
    const options = { filters: 2, dimension: 4 };
    expect(lengthAfter(new EncodecEncoder(options), 1, 24_000)).toBe(75);
    expect(lengthAfter(new EncodecEncoder(options), 1, 24_319)).toBe(75);
    expect(lengthAfter(new EncodecDecoder(options), 4, 75)).toBe(24_000);
  });

  test("Demucs keeps valid lengths and falls back to the one below", () => {
    const network = new Demucs({ hidden: 2, lstm: false });
    expect([1, 2388, 2389, 5000].map((length) => network.validLength(length))).toEqual([2388, 2388, 3412, 5460]);
    for (const length of [2388, 5460]) expect(lengthAfter(network, 1, length)).toBe(length);
    expect(lengthAfter(network, 1, 5459)).toBe(4436);
  });

  test.each(["learned", "fixed"] as const)(
    "Wave-U-Net with %s resampling knows its lengths, cut alike at both ends",
    (resample) => {
      const network = new WaveUNet({ channels: [2, 3, 4], resample });
      for (const frames of [9, 10, 30]) {
        const { input, output } = network.lengthsOf(frames);
        expect(lengthAfter(network, 2, input)).toBe(output);
        expect((input - output) % 2).toBe(0);
      }
    },
  );

  test("NAM: a receptive field of 4093 samples, or none lost", () => {
    expect(lengthAfter(new Wavenet(), 1, 4093)).toBe(1);
    expect(lengthAfter(new Wavenet(), 1, 48_000)).toBe(48_000 - 4092);
    expect(lengthAfter(new Wavenet({ causal: true }), 1, 480)).toBe(480);
  });

  test("Silero: one probability in 512 samples; RAVE and the TCN keep the length", () => {
    const silero = new Silero({ channels: 4 });
    for (const chunks of [1, 2, 31]) expect(lengthAfter(silero, 1, 512 * chunks)).toBe(chunks);
    expect(lengthAfter(new Rave({ capacity: 1, latentSize: 2 }), 1, 6144)).toBe(6144);
    expect(lengthAfter(new Tcn({ channels: [2, 3] }), 1, 17)).toBe(17);
  });
});

describe("causal networks do not hear the future", () => {
  test.each([
    ["TCN", 1, 1, () => new Tcn({ channels: [3, 3, 4] })],
    ["NAM", 1, 1, () => new Wavenet({ arrays: namSizes.nano, causal: true })],
    ["EnCodec's encoder", 1, 1 / 320, () => new EncodecEncoder({ filters: 2, dimension: 4 })],
    ["EnCodec's decoder", 4, 320, () => new EncodecDecoder({ filters: 2, dimension: 4 })],
  ] as const)("%s", (_, channels, rate, build) => {
    const length = rate > 1 ? 20 : 6400;
    const network = build();
    const x = randn([1, channels, length]);
    const early = network.forward(x.slice(2, 0, length / 2));
    expect(early.shape[2]).toBe((length / 2) * rate);
    expect(early.toArray()).toEqual(network.forward(x).slice(2, 0, early.shape[2]!).toArray());
  });

  test("and the valid WaveNet is the causal one without its beginning", () => {
    const causal = new Wavenet({ arrays: namSizes.nano, causal: true });
    const valid = new Wavenet({ arrays: namSizes.nano });
    valid.loadStateDict(causal.stateDict());
    const x = randn([1, 1, 4700]);
    expect(valid.forward(x).toArray()).toEqual(causal.forward(x).slice(2, 4092, 4700).toArray());
  });
});

test.each([
  [4, 70, 3e-3],
  [16, 100, 1e-3],
] as const)(
  "a filter bank of %d bands, %d dB, puts noise together again within %d of it",
  (bands, attenuation, bound) => {
    manualSeed(1);
    const bank = new Pqmf(bands, attenuation);
    const x = randn([1, 1, 128 * bands]);
    const error = bank
      .synthesis(bank.analysis(x))
      .sub(x)
      .slice(2, 32 * bands, 96 * bands);
    expect(error.square().mean().sqrt().item()).toBeLessThan(bound);
  },
);

test("the Fourier basis: a sine of bin 16 has its magnitude there, half the sum of the window", () => {
  const silero = new Silero({ lstm: false });
  const basis = silero.getBuffer("forward_basis_buffer").toArray() as number[][][];
  const sine = Array.from({ length: 256 }, (_, n) => Math.sin((2 * Math.PI * 16 * n) / 256 + 0.3));
  const dot = (row: number): number => sine.reduce((sum, value, n) => sum + value * basis[row]![0]![n]!, 0);
  const magnitudes = Array.from({ length: 129 }, (_, bin) => Math.hypot(dot(bin), dot(bin + 129)));
  expect(magnitudes[16]).toBeCloseTo(64, 3);
  expect(magnitudes[18]).toBeCloseTo(0, 3);
});

describe("small variants run", () => {
  test.each(networks.map((network) => [network.name, network] as const))("%s", (_, { make, channels, lengths }) => {
    const network = make();
    manualSeed(4);
    for (const length of lengths) {
      const y = network.forward(randn([1, channels, length]));
      const values = y.dataSync<Float32Array>();
      expect(values.length).toBeGreaterThan(0);
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size, `${length} samples, all outputs alike`).toBeGreaterThan(values.length / 4);
    }
    expect(network.training).toBe(false);
  });

  test("the same seed every time, and names only once", () => {
    const [first] = networks;
    expect(first!.make().stateDict().get("conv_post.weight")!.toArray()).toEqual(
      first!.make().stateDict().get("conv_post.weight")!.toArray(),
    );
    expect(new Set(networks.map(({ name }) => name)).size).toBe(networks.length);
  });
});
