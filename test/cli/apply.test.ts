/** `atrous apply` streams: however the signal is cut, the bytes are those of the whole-signal result. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { manualSeed } from "atrous";
import { readWav, writeWav } from "atrous/io";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { apply } from "../../src/cli/apply.ts";
import { UsageError } from "../../src/cli/command.ts";
import { denoise } from "../../src/cli/denoiser/denoise.ts";
import { saveDenoiser } from "../../src/cli/denoiser/file.ts";
import { MaskNetwork } from "../../src/cli/denoiser/maskNetwork.ts";
import { whiteNoise } from "../../src/cli/signals/random.ts";
import { Generator } from "../../src/core/random/index.ts";
import { bundleCli } from "./bundleCli.ts";

const RATE = 8000;
let folder: string;
let main: string;
let net: MaskNetwork;
let printed: string;
let warned: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "atrous-"));
  main = await bundleCli(join(folder, "bundle"));
  manualSeed(4);
  net = new MaskNetwork({ hop: 16, channels: 6, depth: 3 });
  writeFileSync(path("model.safetensors"), saveDenoiser(net, RATE));
});

afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  printed = "";
  warned = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    warned += text;
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

const path = (name: string): string => join(folder, name);

/** Noise, as loud as full scale here and there. */
function record(name: string, channels: number, length: number): Float32Array[] {
  const signals = Array.from({ length: channels }, (_, c) => whiteNoise(new Generator(c + 1), length));
  writeFileSync(path(name), writeWav({ sampleRate: RATE, channels: signals }, { encoding: "float32" }));
  return signals;
}

/** In this process. */
const here = (...args: string[]): Promise<void> => apply.run([path("model.safetensors"), path("in.wav"), ...args]);

/** In a process of its own, which can have workers. */
const there = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [main, "apply", path("model.safetensors"), path("in.wav"), ...args]);

/** The samples of files, one after the other. */
function joined(names: readonly string[]): Float32Array[] {
  const wavs = names.map((name) => readWav(readFileSync(path(name))).channels);
  return wavs[0]!.map((_, c) => Float32Array.from(wavs.flatMap((channels) => [...channels[c]!])));
}

describe("the bytes of the whole-signal result", () => {
  test.each([
    ["an odd length", 1, 5003],
    ["two channels", 2, 1999],
    ["as long as two blocks", 1, 2000],
    ["shorter than a hop", 1, 7],
    ["less samples than parts", 2, 2],
    ["no samples", 1, 0],
  ])("%s", async (_, channels, length) => {
    const whole = record("in.wav", channels, length).map((signal) => denoise(net, signal));
    const bytes = Buffer.from(writeWav({ sampleRate: RATE, channels: whole }, { encoding: "float32" }));
    const same = (name: string) => expect(readFileSync(path(name)).equals(bytes), name).toBe(true);
    await here(path("default.wav"), "--float");
    same("default.wav");
    for (const block of ["1000", "37"]) {
      await here(path("blocks.wav"), "--float", "--block", block);
      same("blocks.wav");
    }
    await there(path("shards.wav"), "--float", "--shards", "3", "--block", "500");
    same("shards.wav");
    const names = ["1.wav", "2.wav", "3.wav"];
    for (const [i, name] of names.entries()) await here(path(name), "--float", "--shard", `${i + 1}/3`);
    expect(joined(names)).toEqual(whole);
  });

  test("any number of parts, of which a last round is cut again for idle threads", async () => {
    record("in.wav", 2, 307);
    await here(path("whole.wav"));
    for (const shards of ["2", "5", "307", "400"]) {
      await there(path("shards.wav"), "--shards", shards);
      expect(readFileSync(path("shards.wav")).equals(readFileSync(path("whole.wav"))), shards).toBe(true);
    }
  });
});

describe("what it tells", () => {
  beforeEach(() => void record("in.wav", 2, 4001));

  test("a sentence, and progress in seconds of signal across the channels", async () => {
    await here(path("out.wav"), "--float", "--block", "1000");
    expect(printed).toMatch(
      /out\.wav: 0\.50 s, 2 channels, computed in \d+\.\d\d s; latency when live: 31 samples \(3\.9 ms\)\n$/,
    );
    expect(warned).toContain("denoising 100 %  1 of 1 s");
  });

  test("a part: which samples it is", async () => {
    await here(path("out.wav"), "--shard", "2/3");
    expect(printed).toContain("out.wav: part 2 of 3, samples 1333 to 2666: 0.17 s, 2 channels");
    record("in.wav", 1, 2);
    await here(path("out.wav"), "--shard", "3/3");
    expect(printed).toContain("part 3 of 3, no samples");
  });

  test("--json: one object, and nothing beside it", async () => {
    await here(path("out.wav"), "--json", "--shard", "1/3", "--block", "600");
    const figures = JSON.parse(printed);
    expect(figures).toMatchObject({
      ...{ output: path("out.wav"), sampleRate: RATE, channels: 2, samples: 1333, start: 0, end: 1333 },
      ...{ encoding: "pcm16", block: 600, shards: 3, shard: 1, workers: 1, latency: 31, latencySeconds: 31 / RATE },
    });
    expect(figures.computeSeconds).toBeGreaterThan(0);
    expect(figures.clipped).toBeGreaterThanOrEqual(0);
    const { stdout } = await there(path("out.wav"), "--json", "--shards", "2");
    expect(JSON.parse(stdout)).toMatchObject({ samples: 4001, shards: 2, shard: null });
  });

  test("--plan: the parts, without computing or writing", async () => {
    await here(path("never.wav"), "--plan", "--shards", "3");
    const { shards, ...signal } = JSON.parse(printed);
    expect(signal).toEqual({ sampleRate: RATE, channels: 2, samples: 4001 });
    expect(shards.map((each: { outStart: number; outEnd: number }) => [each.outStart, each.outEnd])).toEqual([
      [0, 1333],
      [1333, 2667],
      [2667, 4001],
    ]);
    expect(() => readFileSync(path("never.wav"))).toThrow("ENOENT");
    printed = "";
    await here("--plan", "--shard", "2/3");
    expect(JSON.parse(printed).shards).toEqual([shards[1]]);
  });
});

describe("errors", () => {
  test.each([
    [["--shards", "2", "--shard", "1/2"], "--shards computes all parts and --shard one of them"],
    [["--plan"], "--plan shows what --shards K or --shard I/K would compute"],
    [["--shard", "4/3"], "--shard 4/3: the parts are 1/3 to 3/3"],
    [["--shard", "0/3"], "--shard 0/3: the parts are 1/3 to 3/3"],
    [["--shard", "1/0"], "--shard 1/0: there can be 1 to 65536 parts"],
    [["--shard", "2"], '--shard must be a part and their number, such as 2/7; got "2"'],
    [["--shards", "0"], '--shards must be a number, 1 to 65536; got "0"'],
    [["--block", "0"], '--block must be a number, at least 1; got "0"'],
    [["--block", "1.5"], '--block must be a whole number; got "1.5"'],
  ])("%j", async (args, message) => {
    await expect(here(path("out.wav"), ...args)).rejects.toThrow(UsageError);
    await expect(here(path("out.wav"), ...args)).rejects.toThrow(message);
  });

  test("with threads, what is wrong with the files is said as without", async () => {
    writeFileSync(path("in.wav"), "no sound");
    await expect(there(path("out.wav"), "--shards", "2")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^atrous: .*in\.wav: readWav: expected a RIFF\/WAVE file/),
    });
  });
});
