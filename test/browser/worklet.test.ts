/** `atrous/worklet` on the audio threads of real browsers: the samples are those of the whole signal here, bit for bit, and late by what is said. */
import { manualSeed, nn } from "atrous";
import { portable, type RealtimeStream, realtime } from "atrous/stream";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MaskNetwork } from "../../src/cli/denoiser/maskNetwork.ts";
import { Tcn } from "../networks/tcn.ts";
import { Wavenet } from "../networks/wavenet.ts";
import { expectSameBits, type Net, signalOf, whole } from "../stream/blocks.ts";
import { browserNames, complaintsOf, launch, serveTexts } from "./browsers.ts";
import { type Rendering, render, workletScript } from "./rendering.ts";
import { delayed, padded } from "./signals.ts";

interface Case {
  net: Net;
  channels: number;
  sampleRate: number;
}

manualSeed(5);
const strided = (): nn.Module =>
  new nn.Sequential(
    new nn.Conv1d(1, 6, 8, { stride: 4, padding: [6, 2] }),
    new nn.GELU(),
    new nn.ConvTranspose1d(6, 1, 8, { stride: 4, padding: 2 }),
  );
const mask = new MaskNetwork({ hop: 64, channels: 8, depth: 3 });
const cases: Record<string, Case> = {
  "a causal TCN": { net: new Tcn({ channels: [6, 6, 1], kernelSize: 3 }).eval(), channels: 1, sampleRate: 48000 },
  "strides, which are late": { net: strided(), channels: 1, sampleRate: 44100 },
  "the denoiser's network": { net: mask, channels: 1, sampleRate: 16000 },
  "stereo to stereo": {
    net: new nn.Sequential(
      new nn.Conv1d(2, 5, 9, { padding: 4 }),
      new nn.Tanh(),
      new nn.Conv1d(5, 2, 3, { padding: 1 }),
    ),
    channels: 2,
    sampleRate: 48000,
  },
};
const LENGTH = 4096;
const HALF = LENGTH / 2;

/** What the processor has to say about its delay, according to Node. */
const announced = (net: Net, channels: number, block: number): [RealtimeStream, object] => {
  const live = realtime(net, { channels, block });
  return [live, { latency: live.latency, block }];
};

describe.each(browserNames)("%s", (name) => {
  let page: Page;
  let complaints: string[];
  const endings: (() => unknown)[] = [];
  beforeAll(async () => {
    const [{ browser, close }, script] = await Promise.all([launch(name), workletScript()]);
    const served = await serveTexts({ "/": '<!doctype html><link rel="icon" href="data:,">', "/worklet.js": script });
    endings.push(served.close, close);
    page = await browser.newPage();
    complaints = complaintsOf(page);
    await page.goto(served.address);
  }, 60_000);
  afterAll(async () => {
    for (const end of endings) await end();
  }, 60_000);

  const rendering = ({ net, channels, sampleRate }: Case, signal: Float32Array[]): Rendering => ({
    network: portable(net, { channels }),
    ...{ sampleRate, length: LENGTH, channels, signal },
  });

  test.each(Object.entries(cases))("%s", async (_, given) => {
    const signal = signalOf(given.channels, LENGTH);
    const { channels, messages, crashes } = await render(page, rendering(given, signal));
    const [live, announcement] = announced(given.net, given.channels, 128);
    expect({ messages, crashes }).toEqual({ messages: [announcement], crashes: 0 });
    expectSameBits(channels, delayed(whole(given.net, signal), live.latency, LENGTH), "rendered");
  });

  test("a source that ends is followed by silence, and an input without one is silent", async () => {
    for (const given of Object.values(cases)) {
      const signal = signalOf(given.channels, HALF);
      for (const played of [signal, []]) {
        const { channels } = await render(page, rendering(given, played));
        const silence = Array.from({ length: given.channels }, () => new Float32Array(0));
        const heard = padded(played.length > 0 ? played : silence, LENGTH);
        const [{ latency }] = announced(given.net, given.channels, 128);
        expectSameBits(channels, delayed(whole(given.net, heard), latency, LENGTH), "rendered");
      }
    }
  });

  // Firefox 153 has no renderSizeHint: its blocks are 128, and this fails when that changes.
  const sizes = name === "chromium" ? [32, 64, 256, 1000] : [];
  test.skipIf(name === "firefox").each(sizes)("blocks of %i samples", async (renderSizeHint) => {
    for (const given of Object.values(cases)) {
      const signal = signalOf(given.channels, LENGTH);
      const [live, announcement] = announced(given.net, given.channels, renderSizeHint);
      const { channels, messages, quantum } = await render(page, { ...rendering(given, signal), renderSizeHint });
      expect(quantum).toBe(renderSizeHint);
      expect(messages).toEqual([announcement]);
      expectSameBits(channels, delayed(whole(given.net, signal), live.latency, LENGTH), "rendered");
    }
  });

  test("what goes wrong on the audio thread arrives as a message, and what comes out is silence", async () => {
    const wrong: [Net | null, string][] = [
      [new nn.Conv1d(1, 1, 3, { stride: 3 }), "no whole number of results; blocks of 3 have"],
      [new nn.Conv1d(1, 1, 2, { stride: 2 }), "the network gives 64 samples for 128"],
      [null, "processorOptions has no network"],
    ];
    for (const [net, text] of wrong) {
      const network = net && portable(net, { channels: 1 });
      const signal = signalOf(1, LENGTH);
      const request = { network, sampleRate: 48000, length: LENGTH, channels: 1, signal };
      const { channels, messages, crashes } = await render(page, request);
      expect(messages).toEqual([{ error: expect.stringContaining(text) }]);
      expect(crashes).toBe(0);
      expectSameBits(channels, [new Float32Array(LENGTH)], "rendered");
    }
  });

  test("NAM's standard WaveNet at 48 kHz: how many times as fast as it has to be", async () => {
    const seconds = 5;
    const signal = signalOf(1, seconds * 48000);
    const net = new Wavenet({ causal: true }).eval();
    const request = { network: portable(net, { channels: 1 }), length: seconds * 48000, channels: 1, signal };
    for (const renderSizeHint of name === "chromium" ? [64, 128] : [128]) {
      const result = await render(page, { ...request, sampleRate: 48000, renderSizeHint, reportEvery: 1 });
      const { channels, messages, milliseconds } = result;
      const times = (1000 * seconds) / milliseconds;
      console.log(`${name}: blocks of ${renderSizeHint}, ${times.toFixed(1)} times real time`);
      expect(messages[0]).toEqual({ latency: 0, block: renderSizeHint });
      const loads = messages.slice(1).map(({ load }) => load as number);
      expect(loads).toHaveLength(seconds);
      // What the processor measures of itself is no more than the rendering took.
      const busy = loads.reduce((sum, load) => sum + load, 0);
      expect(busy).toBeGreaterThan(0);
      expect(1000 * busy).toBeLessThan(milliseconds + 20);
      expectSameBits(channels, whole(net, signal), "rendered");
    }
  });

  test("no page complained", () => expect(complaints).toEqual([]));
});
