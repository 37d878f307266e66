import { manualSeed, noGrad, tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { denoise } from "../../src/cli/denoiser/denoise.ts";
import { LappedTransform, lappedBasis } from "../../src/cli/denoiser/lappedTransform.ts";
import { noiseToSignal } from "../../src/cli/denoiser/loss.ts";
import { MaskNetwork } from "../../src/cli/denoiser/maskNetwork.ts";
import { trainingPairs } from "../../src/cli/denoiser/pairs.ts";
import { scheduleAt, trainDenoiser } from "../../src/cli/denoiser/training.ts";
import { energy } from "../../src/cli/signals/level.ts";
import { whiteNoise } from "../../src/cli/signals/random.ts";
import { OptionError, OptionTypeError } from "../../src/core/errors.ts";
import { Generator } from "../../src/core/random/index.ts";

const small = { hop: 16, channels: 6, depth: 3 };

const noisy = (length: number, seed = 5): Float32Array => whiteNoise(new Generator(seed), length).map((v) => v * 0.1);

function network(seed = 1, options = small): MaskNetwork {
  manualSeed(seed);
  return new MaskNetwork(options);
}

/** A tone in a small room of noises: something that a tiny network can learn in seconds. */
function pairs(seed: number, options: { batch?: number; crop?: number } = {}) {
  const tones = [0.05, 0.07, 0.11].map((f) => Float32Array.from({ length: 1500 }, (_, t) => 0.1 * Math.sin(f * t)));
  const noise = [noisy(1500, 8), noisy(700, 9)];
  const { batch = 2, crop = 512 } = options;
  return trainingPairs({ clean: tones, noise, batch, crop, snr: [-5, 5], random: new Generator(seed) });
}

describe("MaskNetwork", () => {
  test.each([
    ["small", small, 200],
    ["no blocks", { hop: 16, channels: 3, depth: 0 }, 60],
    ["two groups of bands", { hop: 32, channels: 3, depth: 2 }, 140],
  ])(
    "%s: what comes after t + lookahead cannot change outputs up to t, what comes at it does",
    (_, options, length) => {
      const net = network(3, options);
      const { lookahead, latency } = stream(net);
      expect([lookahead, latency]).toEqual([2 * options.hop - 1, 2 * options.hop - 1]);
      const x = noisy(length);
      const before = denoise(net, x);
      let reached = 0;
      for (let at = 0; at < length; at++) {
        const changed = x.map((v, t) => (t >= at ? v + 0.3 : v));
        const after = denoise(net, changed);
        const first = after.findIndex((v, t) => v !== before[t]);
        expect(first).toBeGreaterThanOrEqual(Math.max(0, at - lookahead));
        if (first === at - lookahead) reached++;
      }
      expect(reached).toBeGreaterThan(0); // the bound is not larger than it has to be
    },
  );

  test("any length, and as many signals as one likes", () => {
    const net = network();
    for (let length = 1; length <= 70; length += length < 20 ? 1 : 7) {
      const y = denoise(net, noisy(length));
      expect(y.length).toBe(length);
      expect(y.every(Number.isFinite)).toBe(true);
    }
    const x = noisy(60);
    const both = noGrad(() => net.forward(tensor(x, { shape: [2, 1, 30] }))).dataSync() as Float32Array;
    expect(both.subarray(0, 30)).toEqual(denoise(net, x.slice(0, 30)));
    expect(both.subarray(30)).toEqual(denoise(net, x.slice(30)));
  });

  test("state-dict names", () => {
    expect([
      ...network(1, { ...small, depth: 1 })
        .stateDict()
        .keys(),
    ]).toEqual([
      ...["mix.weight", "mix.bias"],
      ...["blocks.0.norm.weight", "blocks.0.norm.bias", "blocks.0.conv.weight", "blocks.0.conv.bias"],
      ...["mask.weight", "mask.bias", "near.weight"],
    ]);
  });

  test("options that cannot be", () => {
    expect(() => new MaskNetwork({ ...small, hop: 0 })).toThrow(OptionError);
    expect(() => new MaskNetwork({ ...small, hop: 24 })).toThrow("hop must be a multiple of 16, got 24");
    expect(() => new MaskNetwork({ ...small, depth: 1e6 })).toThrow(/exceed/);
    expect(() => new MaskNetwork({ ...small, hops: 1 } as never)).toThrow(/unknown option "hops"/);
    expect(() => new MaskNetwork({} as never)).toThrow(OptionTypeError);
  });
});

describe("LappedTransform", () => {
  test.each([1, 5, 8])("hop %i: what was analysed is synthesised, from lengths of all remainders", (hop) => {
    const transform = new LappedTransform(hop);
    for (let length = 1; length < 4 * hop; length++) {
      const x = noisy(length);
      const bands = transform.analyse(tensor(x, { shape: [1, 1, length] }));
      expect(bands.shape).toEqual([1, 2, hop, Math.ceil(length / hop) + 1]);
      const back = transform.synthesise(bands, length).dataSync();
      for (let t = 0; t < length; t++) expect(Number(back[t])).toBeCloseTo(x[t]!, 6);
    }
  });

  test("the rows of either part are orthonormal but for the share of ½ that each part has", () => {
    const rows = (lappedBasis(8).toArray() as number[][][]).map(([row]) => row!);
    for (const [part, other] of [
      [rows.slice(0, 8), rows.slice(0, 8)],
      [rows.slice(8), rows.slice(8)],
    ])
      for (const [i, a] of part!.entries())
        for (const [j, b] of other!.entries())
          expect(a.reduce((dot, v, n) => dot + v * b[n]!, 0)).toBeCloseTo(i === j ? 0.5 : 0, 6);
  });

  test("a steady tone stands still in the magnitudes of its band", () => {
    const tone = Float32Array.from({ length: 256 }, (_, t) => Math.sin((Math.PI / 16) * 5.5 * t + 0.3));
    const [[cosines, sines]] = new LappedTransform(16)
      .analyse(tensor(tone, { shape: [1, 1, 256] }))
      .toArray() as number[][][][];
    const magnitudes = cosines![5]!.map((c, frame) => Math.hypot(c, sines![5]![frame]!)).slice(2, -2);
    for (const magnitude of magnitudes) expect(magnitude / magnitudes[0]!).toBeCloseTo(1, 2);
  });
});

describe("trainingPairs", () => {
  test("the ratio is exact over every crop, and all of the range occurs", () => {
    const source = pairs(2);
    const ratios: number[] = [];
    for (let i = 0; i < 40; i++) {
      const { mixture, clean } = source.next().value;
      expect(mixture.shape).toEqual([2, 1, 512]);
      expect(clean.shape).toEqual([2, 1, 512]);
      const [m, c] = [mixture.dataSync() as Float32Array, clean.dataSync() as Float32Array];
      for (const start of [0, 512]) {
        const signal = c.slice(start, start + 512);
        const noise = m.slice(start, start + 512).map((v, t) => v - signal[t]!);
        ratios.push(10 * Math.log10(energy(signal) / energy(noise)));
      }
    }
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(-5.001);
    expect(Math.max(...ratios)).toBeLessThanOrEqual(5.001);
    expect(Math.min(...ratios)).toBeLessThan(-4);
    expect(Math.max(...ratios)).toBeGreaterThan(4);
    const fixed = { clean: [noisy(90, 1)], noise: [noisy(90, 2)], batch: 1, crop: 64, snr: [3, 3] as const };
    const { mixture, clean } = trainingPairs({ ...fixed, random: new Generator(1) }).next().value;
    const noise = mixture.sub(clean).dataSync() as Float32Array;
    expect(10 * Math.log10(energy(clean.dataSync() as Float32Array) / energy(noise))).toBeCloseTo(3, 4);
  });

  test("signals shorter than a crop are repeated, empty ones passed over, silence is no harm", () => {
    const short = Float32Array.of(0.1, 0.2, 0.3);
    const source = trainingPairs({
      ...{ clean: [new Float32Array(), short], noise: [new Float32Array(5)], batch: 3, crop: 7 },
      ...{ snr: [0, 0], random: new Generator(1) },
    });
    const starts = new Set<number>();
    for (let i = 0; i < 10; i++) {
      const { mixture, clean } = source.next().value;
      expect(mixture.toArray()).toEqual(clean.toArray());
      for (const [row] of clean.toArray() as number[][][]) {
        const [a] = row!;
        const start = short.indexOf(a!);
        starts.add(start);
        expect(row).toEqual(Array.from({ length: 7 }, (_, t) => short[(start + t) % 3]));
      }
    }
    expect([...starts].sort()).toEqual([0, 1, 2]);
  });

  test("every sample is as likely as any other, whatever the length of its signal", () => {
    const clean = [new Float32Array(300).fill(1), new Float32Array(100).fill(2)];
    const source = trainingPairs({ clean, noise: clean, batch: 400, crop: 10, snr: [0, 0], random: new Generator(4) });
    const drawn = source.next().value.clean.dataSync() as Float32Array;
    expect(drawn.filter((v) => v === 1).length / drawn.length).toBeCloseTo(0.75, 1);
  });

  test("the same seed gives the same batches", () => {
    const [a, b, c] = [pairs(6), pairs(6), pairs(7)].map((source) => source.next().value.mixture.toArray());
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test("impossible options", () => {
    const signals = [noisy(9)];
    const options = {
      clean: signals,
      noise: signals,
      batch: 1,
      crop: 4,
      snr: [0, 1] as const,
      random: new Generator(),
    };
    expect(() => trainingPairs({ ...options, clean: [] }).next()).toThrow(/no clean signals/);
    expect(() => trainingPairs({ ...options, noise: [new Float32Array()] }).next()).toThrow(/no noise signals/);
    expect(() => trainingPairs({ ...options, snr: [1, 0] }).next()).toThrow(/snr .* got \[1, 0\]/);
    expect(() => trainingPairs({ ...options, crop: 0 }).next()).toThrow(OptionError);
  });
});

describe("noiseToSignal", () => {
  const signal = tensor(noisy(600, 1), { shape: [2, 1, 300] });

  test("is the negative ratio in dB", () => {
    expect(noiseToSignal(signal.mul(0.9), signal).item()).toBeCloseTo(-20, 1);
    expect(noiseToSignal(signal.mul(0), signal).item()).toBeCloseTo(0, 6);
    expect(noiseToSignal(signal.mul(11), signal).item()).toBeCloseTo(20, 1);
  });

  test("stays finite, also its gradient, for silence and for perfection", () => {
    for (const [estimate, target] of [
      [signal, signal],
      [signal.mul(0), signal.mul(0)],
      [signal, signal.mul(0)],
    ] as const) {
      const x = tensor(estimate.dataSync(), { shape: [2, 1, 300], requiresGrad: true });
      const loss = noiseToSignal(x, target);
      loss.backward();
      expect(Number.isFinite(loss.item())).toBe(true);
      expect((x.grad!.dataSync() as Float32Array).every(Number.isFinite)).toBe(true);
    }
  });
});

describe("trainDenoiser", () => {
  const train = (steps: number, options: object = {}, seed = 1) => {
    const net = network(seed);
    const taken = [...trainDenoiser({ net, pairs: pairs(3), steps, learningRate: 5e-3, ...options })];
    return { net, losses: taken.map(({ loss }) => loss), taken };
  };

  test("the loss falls", () => {
    const { losses } = train(150);
    const mean = (x: number[]): number => x.reduce((a, b) => a + b) / x.length;
    expect(losses.length).toBe(150);
    expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)) - 3);
  });

  test("twice the same is the same in every bit", () => {
    const [a, b] = [train(5), train(5)];
    expect(a.losses).toEqual(b.losses);
    expect([...a.net.stateDict()].map(([, w]) => w.dataSync())).toEqual(
      [...b.net.stateDict()].map(([, w]) => w.dataSync()),
    );
    expect(train(5, {}, 2).losses).not.toEqual(a.losses);
  });

  test("every parameter is trained", () => {
    const before = [...network().stateDict()].map(([, w]) => w.dataSync());
    for (const [i, [name, w]] of [...train(3).net.stateDict()].entries())
      expect(w.dataSync(), name).not.toEqual(before[i]);
  });

  test("tells its progress, and stops in time", () => {
    let clock = 100;
    const now = (): number => clock++; // read once at the start and once per step, so a step takes a second
    const { losses, taken } = train(100, { timeLimit: 4, now });
    expect(taken.map(({ step, steps, way }) => [step, steps, way])).toEqual([
      [1, 100, 0.25],
      [2, 100, 0.5],
      [3, 100, 0.75],
      [4, 100, 1],
    ]);
    expect(losses).toEqual(train(4).losses); // the learning rate fell as fast as time ran out
  });

  test("steps rule where there is time, and the learning rate follows whichever ends first", () => {
    expect(train(6, { timeLimit: 1e6 }).losses).toEqual(train(6).losses);
    expect(scheduleAt(1000, 0)).toBe(1);
    expect(scheduleAt(1000, 0.5)).toBeCloseTo(0.51);
    expect(scheduleAt(1000, 1)).toBeCloseTo(0.02);
    expect(scheduleAt(0, 0)).toBe(0.05);
  });

  test("no steps leave the network as it was", () => {
    const { net, losses } = train(0);
    expect(losses).toEqual([]);
    expect(denoise(net, noisy(40))).toEqual(denoise(network(), noisy(40)));
  });

  test("stopping between steps leaves a network to use", () => {
    const net = network();
    for (const { step } of trainDenoiser({ net, pairs: pairs(3), steps: 9, learningRate: 5e-3 })) if (step === 2) break;
    expect(net.training).toBe(false);
    expect(denoise(net, noisy(40))).not.toEqual(denoise(network(), noisy(40)));
  });

  test("a loss that is no number ends it", () => {
    function* broken() {
      const x = tensor([[[Number.NaN, 1, 2, 3]]]);
      while (true) yield { mixture: x, clean: x };
    }
    const training = trainDenoiser({ net: network(), pairs: broken(), steps: 3, learningRate: 5e-3 });
    expect(() => training.next()).toThrow("training: the loss of step 1 is NaN");
  });

  test("a misspelt option is an error", () => {
    expect(() => train(1, { learningrate: 1 })).toThrow(/did you mean "learningRate"/);
  });
});
