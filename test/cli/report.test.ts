import { describe, expect, test } from "vitest";
import { type ReportData, renderReport } from "../../src/cli/report/index.ts";
import { pageLoss } from "../../src/cli/report/loss.ts";
import { fft, spectrogram } from "../../src/cli/report/spectrogram.ts";
import { mixAtSnr, synthesiseClean, synthesiseNoise } from "../../src/cli/signals/index.ts";
import { Generator } from "../../src/core/random/index.ts";

function data(name: string, length = 16000): ReportData {
  const random = new Generator(1);
  const size = { length, sampleRate: 16000 };
  const clean = synthesiseClean(random, size);
  const noise = synthesiseNoise(random, size);
  const example = {
    name,
    sampleRate: 16000,
    clean,
    noisy: mixAtSnr(clean, noise, 0),
    denoised: mixAtSnr(clean, noise, 8),
  };
  return {
    title: name,
    siSdr: { before: -0.04, after: 8.26 },
    facts: [[name, name]],
    loss: { label: name, training: { steps: [1, 2, 3], values: [0.5, 0.2, 0.1] } },
    examples: [example, example],
  };
}

const element = (html: string, id: string): string =>
  html.match(new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "s"))![1]!;

describe("renderReport", () => {
  const html = renderReport(data("Report"));

  test("loads nothing: no address but the one in uPlot's licence line", () => {
    const addresses = html.replaceAll(/base64,[A-Za-z0-9+/=]+/g, "").match(/\b(https?|wss?|file):\/\/[^\s"')]*/g);
    expect(addresses).toEqual(["https://github.com/leeoniya/uPlot"]);
    for (const [, value] of html.matchAll(/\b(?:src|href|srcset|action|data)="([^"]{0,40})/g)) {
      expect(value).toMatch(/^data:/);
    }
    expect(html).not.toMatch(/@import|url\(|<iframe|<object|\bimport\(|\bfetch\(|XMLHttpRequest|sendBeacon/);
    expect(html).toContain(`content="default-src 'none';`);
    expect(html).toContain("The MIT License");
  });

  test("says the gain in one sentence", () => {
    expect(html).toContain(
      "raises the signal-to-distortion ratio (SI\u2011SDR) by <strong>8.3 dB</strong>, from 0.0 dB to 8.3 dB.",
    );
    const worse = renderReport({ ...data("x"), siSdr: { before: 0, after: -1.5 } });
    expect(worse).toContain(
      "lowers the signal-to-distortion ratio (SI\u2011SDR) by <strong>1.5 dB</strong>, from 0.0 dB to \u22121.5 dB.",
    );
  });

  test("strings are text, wherever they appear", () => {
    const hostile = `</script><script>alert("1")</script><!-- <img src=x onerror='x'> & \u2028`;
    const page = renderReport(data(hostile));
    expect(page).not.toContain('alert("1")</script>');
    expect(page).not.toContain("<img");
    expect(page.match(/<script/g)!.length).toBe(html.match(/<script/g)!.length);
    expect(page).toContain("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)");
    expect(JSON.parse(element(page, "data")).loss.label).toBe(hostile);
  });

  test("the scripts are JavaScript", () => {
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, code]) => code!);
    expect(scripts).toHaveLength(2);
    for (const code of scripts) expect(() => new Function(code)).not.toThrow();
  });

  test("two examples of 4 s stay below 3 MB, one sound in six audio elements", () => {
    const page = renderReport(data("Report", 64000));
    expect(page.length).toBeLessThan(3e6);
    expect(page.match(/<audio controls/g)).toHaveLength(6);
  });
});

describe("pageLoss", () => {
  const curve = (values: number[]): { steps: number[]; values: number[] } => ({
    steps: values.map((_, i) => i + 1),
    values,
  });

  test("a wide range of positive values takes a logarithmic axis, whose ends are round", () => {
    expect(pageLoss({ label: "", training: curve([0.31, 0.1, 0.021]) }).logRange).toEqual([0.02, 0.5]);
    expect(pageLoss({ label: "", training: curve([10, 1]) }).logRange).toEqual([1, 10]);
    expect(pageLoss({ label: "", training: curve([0.3, 0.1]) }).logRange).toBeNull();
    expect(pageLoss({ label: "", training: curve([10, 0]) }).logRange).toBeNull();
    expect(pageLoss({ label: "", training: curve([5, -9]) }).logRange).toBeNull();
    expect(pageLoss({ label: "", training: curve([]) }).logRange).toBeNull();
  });

  test("held-out values fall on the steps of the training", () => {
    const loss = pageLoss({ label: "x", training: curve([3, 2, 1]), validation: { steps: [2, 4], values: [5, 6] } });
    expect(loss.steps).toEqual([1, 2, 3, 4]);
    expect(loss.names).toEqual(["training", "training, smoothed", "held out"]);
    expect(loss.columns[0]).toEqual([3, 2, 1, null]);
    expect(loss.columns[2]).toEqual([null, 5, null, 6]);
  });

  test("long curves are thinned by means, and what is not finite leaves a gap", () => {
    const loss = pageLoss({ label: "", training: curve(Array.from({ length: 2400 }, (_, i) => i)) });
    expect(loss.steps).toHaveLength(600);
    expect(loss.steps[0]).toBe(4);
    expect(loss.columns[0]![0]).toBe(1.5);
    expect(pageLoss({ label: "", training: curve([1, Number.NaN, 2]) }).columns[0]).toEqual([1, null, 2]);
  });
});

describe("spectrogram", () => {
  test("fft is the sum of its definition", () => {
    const random = new Generator(2);
    const x = Float64Array.from({ length: 16 }, () => random.float32() - 0.5);
    const y = Float64Array.from({ length: 16 }, () => random.float32() - 0.5);
    const [re, im] = [x.slice(), y.slice()];
    fft(re, im);
    for (let k = 0; k < 16; k++) {
      let [a, b] = [0, 0];
      for (let n = 0; n < 16; n++) {
        const [c, s] = [Math.cos((2 * Math.PI * k * n) / 16), -Math.sin((2 * Math.PI * k * n) / 16)];
        a += x[n]! * c - y[n]! * s;
        b += x[n]! * s + y[n]! * c;
      }
      expect(re[k]).toBeCloseTo(a, 12);
      expect(im[k]).toBeCloseTo(b, 12);
    }
  });

  test("a sine of amplitude 1 is 0 dB in its bin, one of 0.01 is −40 dB, silence −90 dB", () => {
    const sine = (level: number): Float32Array =>
      Float32Array.from({ length: 4096 }, (_, t) => level * Math.sin((2 * Math.PI * 32 * t) / 512));
    const at = (signal: Float32Array, bin: number): number => spectrogram(signal).levels[16 * 256 + bin]!;
    expect(at(sine(1), 32)).toBe(255);
    expect(at(sine(0.01), 32)).toBe(Math.round(255 * (1 - 40 / 90)));
    expect(at(sine(1), 100)).toBe(0);
    expect(at(new Float32Array(4096), 32)).toBe(0);
  });

  test("a frame every 128 samples, never more than 1000 of them", () => {
    expect(spectrogram(new Float32Array(64000))).toMatchObject({ frames: 500, bins: 256, hop: 128 });
    expect(spectrogram(new Float32Array(1_000_000))).toMatchObject({ frames: 1000, hop: 1000 });
    expect(spectrogram(new Float32Array(0))).toMatchObject({ frames: 1 });
  });
});
