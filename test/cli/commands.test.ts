/** The two commands as a user runs them, on small files in a folder of their own. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "atrous";
import { readWav, type WavEncoding, writeWav } from "atrous/io";
import { describe, expect, test } from "vitest";
import { apply } from "../../src/cli/apply.ts";
import { UsageError } from "../../src/cli/command.ts";
import { recordedMaterial } from "../../src/cli/material.ts";
import { train } from "../../src/cli/train.ts";
import { Generator } from "../../src/core/random/index.ts";
import { asUser } from "./asUser.ts";

const user = asUser();

const path = (name: string): string => join(user.folder, name);

/** Tones that differ between channels, so that a mix-up shows. */
function record(name: string, channels: number, encoding: WavEncoding, sampleRate = 8000, length = 4000): string {
  const tones = Array.from({ length: channels }, (_, c) =>
    Float32Array.from({ length }, (_, t) => 0.3 * Math.sin((2 * Math.PI * (200 + 170 * c) * t) / sampleRate)),
  );
  writeFileSync(path(name), writeWav({ sampleRate, channels: tones }, { encoding }));
  return path(name);
}

const quick = (...args: string[]) => train.run(["--steps", "2", "--out", path("out"), ...args]);
const soundOf = (name: string) => readWav(readFileSync(path(name)));

describe("train", () => {
  test("on recordings: writes what it says, where it says", async () => {
    const clean = record("clean.wav", 2, "pcm24");
    await quick("--clean", clean, "--noise", record("noise.wav", 1, "float32"));
    expect(readdirSync(path("out")).sort()).toEqual([
      "clean.wav",
      "denoised.wav",
      "model.safetensors",
      "noisy.wav",
      "report.html",
    ]);
    for (const name of readdirSync(path("out"))) expect(user.printed).toContain(join("out", name));
    expect(user.printed).toMatch(
      /SI-SDR on 2 signals kept away from training: -?\d+\.\d dB before, -?\d+\.\d dB after/,
    );
    expect(soundOf("out/denoised.wav").channels[0]).toHaveLength(soundOf("out/noisy.wav").channels[0]!.length);
    expect(soundOf("out/denoised.wav").sampleRate).toBe(8000);
    expect(user.printed).toMatch(
      /2 signals kept away from training, streamed again in \d+ blocks of random lengths: bit-equal to the whole-signal result\.\nLatency when live: 511 samples \(63\.9 ms\)\.\n$/,
    );
    expect(readFileSync(path("out/report.html"), "utf8")).toContain("511 samples (63.9 ms)");
  });

  test("on a folder, with the noise synthesised; the same seed gives the same weights", async () => {
    for (const name of ["a.wav", "b.WAV", "c.wav", "d.wav"]) record(name, 1, "pcm16");
    writeFileSync(path("notes.txt"), "not a sound");
    const run = async () => {
      await quick("--clean", user.folder, "--seed", "5");
      const weights = readFileSync(path("out/model.safetensors"));
      rmSync(path("out"), { recursive: true });
      return weights;
    };
    expect((await run()).equals(await run())).toBe(true);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    [
      "a truncated file",
      (file) => writeFileSync(file, readFileSync(record("whole.wav", 1, "pcm16")).subarray(0, 1000)),
      /bad\.wav: .*bytes/,
    ],
    ["a file that is no WAV", (file) => writeFileSync(file, "ID3 this is music"), /bad\.wav: .*/],
    ["an empty file", (file) => writeFileSync(file, ""), /bad\.wav: .*/],
    [
      "silence",
      (file) => writeFileSync(file, writeWav({ sampleRate: 8000, channels: [new Float32Array(100)] })),
      /bad\.wav: there is not enough sound to learn from and to judge by/,
    ],
    [
      "a sound of 10 samples",
      (file) => writeFileSync(file, writeWav({ sampleRate: 8000, channels: [new Float32Array(10).fill(0.1)] })),
      /bad\.wav: there is not enough sound .* both need 0\.05 s at least/,
    ],
    [
      "a sample that is no number",
      (file) => {
        const channels = [new Float32Array(4000).fill(0.1).with(3000, Number.NaN)];
        writeFileSync(file, writeWav({ sampleRate: 8000, channels }, { encoding: "float32" }));
      },
      /bad\.wav: sample 3000 of channel 0 is NaN/,
    ],
  ])("%s is an error that names it", async (_, make, message) => {
    make(path("bad.wav"));
    const failure = quick("--clean", path("bad.wav"));
    await expect(failure).rejects.toThrow(FormatError);
    await expect(failure).rejects.toThrow(message);
  });

  test("silent noise is an error that names it, and a folder that cannot be made one before any training", async () => {
    const clean = record("clean.wav", 1, "pcm16");
    writeFileSync(path("silence.wav"), writeWav({ sampleRate: 8000, channels: [new Float32Array(4000)] }));
    await expect(quick("--clean", clean, "--noise", path("silence.wav"))).rejects.toThrow(
      /silence\.wav: there is not enough sound/,
    );
    await expect(train.run(["--clean", clean, "--out", clean, "--steps", "1"])).rejects.toThrow(/EEXIST/);
    expect(user.printed).toBe("");
  });

  test("the channels of a file stay together: none is judged by that another one taught", () => {
    for (const name of ["a.wav", "b.wav", "c.wav", "d.wav"]) record(name, 2, "pcm16", 8000, 4000 + name.charCodeAt(0));
    const { clean, heldOut } = recordedMaterial(new Generator(1), user.folder, undefined);
    expect([clean.length, heldOut.map(({ name }) => name)]).toEqual([6, ["d.wav, channel 1", "d.wav, channel 2"]]);
    const lengths = new Set(clean.map(({ length }) => length));
    for (const example of heldOut) expect(lengths).not.toContain(example.clean.length);
  });

  test("a single recording that ends in silence is judged by its last sound", () => {
    const tone = Float32Array.from({ length: 8000 }, (_, t) => (t < 4000 ? Math.sin(t / 5) : 0));
    writeFileSync(path("fade.wav"), writeWav({ sampleRate: 8000, channels: [tone] }));
    const [example] = recordedMaterial(new Generator(1), path("fade.wav"), undefined).heldOut;
    expect(example!.clean.slice(0, 500).every((sample) => sample === 0)).toBe(false);
    expect(example!.clean.length).toBeGreaterThan(4000);
  });

  test("recordings of two rates are an error that names both", async () => {
    record("a.wav", 1, "pcm16", 8000);
    record("b.wav", 1, "pcm16", 11025);
    await expect(quick("--clean", user.folder)).rejects.toThrow(/b\.wav has 11025 Hz and .*a\.wav 8000 Hz/);
  });

  test.each([
    [["--stepz", "3"], "Unknown option '--stepz'"],
    [["--steps", "many"], '--steps must be a number, at least 1; got "many"'],
    [["--steps", "1.5"], '--steps must be a whole number; got "1.5"'],
    [["--minutes", "0"], "--minutes must be a number, at least 0.01"],
    [["clean.wav"], 'train takes options only, got "clean.wav"'],
    [["--noise", "hum.wav"], "--noise goes with --clean"],
  ] as [string[], string | RegExp][])("%j is a usage error", async (args, message) => {
    await expect(train.run(args)).rejects.toThrow(UsageError);
    await expect(train.run(args)).rejects.toThrow(message);
  });
});

describe("apply", () => {
  test("a stereo file: every channel by itself, as long as before, in the order it had", async () => {
    await quick("--clean", record("clean.wav", 1, "pcm16"));
    await apply.run([path("out/model.safetensors"), record("in.wav", 2, "pcm24"), path("both.wav"), "--float"]);
    await apply.run([path("out/model.safetensors"), record("left.wav", 1, "pcm24"), path("one.wav"), "--float"]);
    const [both, one] = [soundOf("both.wav"), soundOf("one.wav")];
    expect(both.channels.map(({ length }) => length)).toEqual([4000, 4000]);
    expect(both.channels[0]).toEqual(one.channels[0]);
    expect(both.channels[1]).not.toEqual(one.channels[0]);
    expect(user.printed).toContain("2 channels");
    expect(user.printed).toContain("latency when live: 511 samples (63.9 ms)");
  });

  test("a file at another rate, a model that is none, and missing arguments", async () => {
    await quick("--clean", record("clean.wav", 1, "pcm16"));
    const model = path("out/model.safetensors");
    await expect(apply.run([model, record("fast.wav", 1, "pcm16", 44100), path("x.wav")])).rejects.toThrow(
      /fast\.wav has 44100 Hz; .*model\.safetensors was trained at 8000 Hz/,
    );
    await expect(apply.run([path("clean.wav"), path("clean.wav"), path("x.wav")])).rejects.toThrow(
      /clean\.wav: the file is a recording; a model is what "atrous train" wrote/,
    );
    await expect(apply.run([model])).rejects.toThrow(UsageError);
    await expect(apply.run([model, path("clean.wav"), model])).rejects.toThrow(/model\.safetensors is the model/);
    await expect(apply.run([model, path("clean.wav"), path("no/x.wav")])).rejects.toThrow(/there is no such folder/);
  });
});
