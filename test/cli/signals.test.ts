import { describe, expect, test } from "vitest";
import { bells } from "../../src/cli/signals/bells.ts";
import { mixAtSnr, type RandomSource, synthesiseClean, synthesiseNoise } from "../../src/cli/signals/index.ts";
import { energy, rms } from "../../src/cli/signals/level.ts";
import { strings } from "../../src/cli/signals/strings.ts";
import { voice } from "../../src/cli/signals/voice.ts";
import { OptionError, ShapeError } from "../../src/core/errors.ts";
import { Generator } from "../../src/core/random/index.ts";

const peak = (x: Float32Array): number => x.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
const seconds = (n: number, sampleRate = 16000): { length: number; sampleRate: number } => ({
  length: n * sampleRate,
  sampleRate,
});

describe.each([
  ["synthesiseClean", synthesiseClean],
  ["synthesiseNoise", synthesiseNoise],
])("%s", (_, synthesise) => {
  test("the same seed gives the same samples, another seed others", () => {
    const first = synthesise(new Generator(3), seconds(0.5));
    expect(synthesise(new Generator(3), seconds(0.5))).toEqual(first);
    expect(synthesise(new Generator(4), seconds(0.5))).not.toEqual(first);
  });

  test("levels of recorded speech, at any sample rate", () => {
    const random = new Generator(1);
    for (const sampleRate of [8000, 16000, 48000]) {
      for (let i = 0; i < 8; i++) {
        const x = synthesise(random, seconds(1, sampleRate));
        expect(rms(x)).toBeGreaterThan(0.03); // below 0.05 only where the peak says so
        expect(rms(x)).toBeLessThan(0.1001);
        expect(peak(x)).toBeLessThanOrEqual(0.9501);
      }
    }
  });

  test("any length", () => {
    for (const length of [0, 1, 2, 3, 17, 400]) {
      const x = synthesise(new Generator(length), { length, sampleRate: 16000 });
      expect(x.length).toBe(length);
      expect(x.every(Number.isFinite)).toBe(true);
    }
  });

  test("extreme random numbers do no harm", () => {
    for (const value of [0, 0.5, 1 - 2 ** -24]) {
      const x = synthesise({ float32: () => value }, seconds(0.25));
      expect(x.every(Number.isFinite)).toBe(true);
    }
  });
});

test.each([
  ["voice", voice],
  ["strings", strings],
  ["bells", bells],
])("%s: bounded, finite and heard within 0.2 s", (_, source) => {
  const random: RandomSource = new Generator(11);
  for (let i = 0; i < 10; i++) {
    const x = source(random, 16000, 16000);
    expect(x.every(Number.isFinite)).toBe(true);
    expect(peak(x)).toBeLessThan(50);
    expect(energy(x.subarray(0, 3200))).toBeGreaterThan(0);
  }
});

describe("mixAtSnr", () => {
  const clean = synthesiseClean(new Generator(5), seconds(1));
  const noise = synthesiseNoise(new Generator(6), seconds(1));

  test.each([-10, 0, 2.5, 30])("%d dB is what comes out", (snr) => {
    const mixture = mixAtSnr(clean, noise, snr);
    const added = mixture.map((v, t) => v - clean[t]!);
    expect(10 * Math.log10(energy(clean) / energy(added))).toBeCloseTo(snr, 3);
  });

  test("the noise is only scaled, the arguments stay", () => {
    const before = clean.slice();
    expect(mixAtSnr(Float32Array.of(3, 4), Float32Array.of(0, 10), 20)).toEqual(Float32Array.of(3, 4.5));
    mixAtSnr(clean, noise, 0);
    expect(clean).toEqual(before);
  });

  test("silence", () => {
    const silence = new Float32Array(2);
    const sound = Float32Array.of(0.5, -0.5);
    expect(mixAtSnr(silence, sound, 10)).toEqual(sound);
    expect(mixAtSnr(sound, silence, 10)).toEqual(sound);
  });

  test("what it refuses", () => {
    expect(() => mixAtSnr(new Float32Array(2), new Float32Array(3), 0)).toThrow(
      new ShapeError("mixAtSnr: expected as much noise as signal, found 3 and 2 samples"),
    );
    expect(() => mixAtSnr(clean, noise, Number.NaN)).toThrow(
      new OptionError("mixAtSnr: expected a finite snrDb, found NaN"),
    );
  });
});
