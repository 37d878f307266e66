import { manualSeed } from "atrous";
import { stream } from "atrous/stream";
import { expect, test } from "vitest";
import { denoise } from "../../src/cli/denoiser/denoise.ts";
import { MaskNetwork } from "../../src/cli/denoiser/maskNetwork.ts";
import { whiteNoise } from "../../src/cli/signals/random.ts";
import { rehearse } from "../../src/cli/streaming/rehearsal.ts";
import { Generator } from "../../src/core/random/index.ts";

manualSeed(2);
const net = new MaskNetwork({ hop: 16, channels: 5, depth: 2 });
const signals = [9001, 3, 20000].map((length, i) => {
  const noisy = whiteNoise(new Generator(i), length);
  return { name: `signal ${i}`, noisy, denoised: denoise(net, noisy) };
});
const rehearsed = (performed: typeof signals) => {
  let heard = 0;
  const result = rehearse(stream(net), performed, new Generator(1), (samples) => {
    heard += samples;
  });
  return { ...result, heard };
};

test("the same bits in random blocks, the same blocks with the same seed", () => {
  const { blocks, difference, heard } = rehearsed(signals);
  expect([difference, heard]).toEqual([null, 29004]);
  expect(blocks).toBeGreaterThan(5);
  expect(rehearsed(signals).blocks).toBe(blocks);
});

test("one bit that differs is found, and a length", () => {
  const [first, second, third] = signals as [(typeof signals)[0], (typeof signals)[0], (typeof signals)[0]];
  const wrong = { ...third, denoised: third.denoised.with(12345, -third.denoised[12345]!) };
  expect(rehearsed([first, second, wrong]).difference).toBe("signal 2 differs first at sample 12345");
  const short = { ...second, denoised: second.denoised.subarray(0, 2) };
  expect(rehearsed([first, short]).difference).toBe("signal 1 differs first at sample 2");
  const long = { ...second, denoised: Float32Array.of(...second.denoised, 0) };
  expect(rehearsed([long]).difference).toBe("signal 1 has 3 samples instead of 4");
});
