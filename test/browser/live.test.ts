/** The page of examples/live, as people use it: served by its script, in real browsers. */
import { readFileSync } from "node:fs";
import { writeWav } from "atrous/io";
import { portable, realtime } from "atrous/stream";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as PageParts from "../../examples/live/src/page.ts";
import { build, serve } from "../../scripts/live.mjs";
import { loadDenoiser } from "../../src/cli/denoiser/file.ts";
import { expectSameBits, signalOf, whole } from "../stream/blocks.ts";
import { type BrowserName, browserNames, complaintsOf, launch } from "./browsers.ts";

declare global {
  var parts: typeof PageParts;
}

const file = new URL("../../examples/live/model.safetensors", import.meta.url);
const { net, sampleRate } = loadDenoiser(readFileSync(file), "model.safetensors");
const { latency } = realtime(portable(net), { block: 128 });

const text = (page: Page, id: string): Promise<string> => page.locator(`#${id}`).innerText();

/** A file as a person would choose it. */
async function choose(page: Page, id: string, name: string, bytes: Uint8Array): Promise<void> {
  await page.setInputFiles(`#${id}`, { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
}

/** The level of a meter in dB; silence is −60. */
const level = (page: Page, id: string): Promise<number> =>
  page.locator(`#${id} meter`).evaluate((meter: HTMLMeterElement) => meter.value);

/**
 * Waits for sound, and tells whether there is any. Without a loudspeaker Chromium plays to nobody, and its clock goes on; in Firefox
 * nothing moves, and the page has to say so. (The null sink of a PulseAudio is a loudspeaker to Firefox.)
 */
async function plays(page: Page, name: BrowserName): Promise<boolean> {
  const state = async (): Promise<string> =>
    `${await text(page, "play")}: ${(await level(page, "before")) > -50 ? "sound" : "silence"}. ${await text(page, "status")}`;
  const silent = name === "firefox" ? /^Stop: sound|^Play: silence. The browser finds no loudspeaker/ : /^Stop: sound/;
  await expect.poll(state, { timeout: 10_000 }).toMatch(silent);
  return (await text(page, "play")) === "Stop";
}

let served: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  await build();
  served = await serve();
}, 60_000);
afterAll(() => void served.server.close());

describe.each<BrowserName>(browserNames)("%s", (name) => {
  let page: Page;
  let complaints: string[];
  let close: () => Promise<void>;
  let audible = true;
  beforeAll(async () => {
    const launched = await launch(name);
    close = launched.close;
    page = await launched.browser.newPage();
    complaints = complaintsOf(page);
    await page.goto(served.address);
    await page.waitForSelector("#play:enabled");
    await page.evaluate(`import("/dist/page.js").then((parts) => { globalThis.parts = parts; })`);
  }, 60_000);
  afterAll(() => close(), 60_000);

  test("the model that is served is there at once", async () => {
    expect(await text(page, "model")).toBe("model.safetensors");
    expect(await text(page, "rate")).toBe("16,000 Hz");
    expect(await text(page, "parameters")).toBe("148,800");
  });

  test("the demo through the page's chain is what the network makes of it here, bit for bit", async () => {
    const { demo, denoised, bypassed } = await page.evaluate(async () => {
      const model = await globalThis.parts.servedModel();
      const demo = globalThis.parts.demoSignal(model.sampleRate);
      const [denoised, bypassed] = await Promise.all(
        [false, true].map((bypassed) => globalThis.parts.throughChain(model, demo, { bypassed })),
      );
      return { demo, denoised: denoised!, bypassed: bypassed! };
    });
    // The fader adds a zero, which makes 0 of −0.
    const expected = whole(net, [demo]).map((row) => row.map((sample) => sample + 0));
    expectSameBits([denoised.map((sample) => sample + 0)], expected, "the demo");
    expect(demo.length).toBe(12 * sampleRate);
    // A delay in seconds is not quite a whole number of samples.
    expect(bypassed.findIndex((sample, t) => Math.abs(sample - demo[t]!) > 1e-4)).toBe(-1);
    const energy = (signal: Float32Array): number => signal.reduce((sum, sample) => sum + sample * sample, 0);
    expect(energy(denoised)).toBeLessThan(0.8 * energy(demo));
  });

  test("the demo can be saved", async () => {
    await page.click("#save");
    await expect.poll(() => text(page, "status"), { timeout: 10_000 }).toBe("demo denoised.wav is saved.");
  });

  test("the demo plays, and Denoise is a switch that the keyboard reaches", async () => {
    await page.locator("#play").focus();
    await page.keyboard.press("Space");
    audible = await plays(page, name);
    if (!audible) return;
    await expect.poll(() => level(page, "after"), { timeout: 5000 }).toBeGreaterThan(-55);
    expect(await text(page, "latency")).toContain(`(${latency.toLocaleString("en")}\u00a0samples)`);
    await expect.poll(() => text(page, "load"), { timeout: 5000 }).toMatch(/^\d+ %$/);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await page.locator("#denoising").getAttribute("aria-checked")).toBe("false");
    // Undenoised, what comes out is as loud as what goes in.
    await expect
      .poll(async () => Math.abs((await level(page, "before")) - (await level(page, "after"))), { timeout: 5000 })
      .toBeLessThan(2);
    await page.keyboard.press("Space");
    await page.click("#play");
    expect(await text(page, "play")).toBe("Play");
    expect(await text(page, "load")).toBe("–");
  });

  test("a recording at another rate, in stereo, plays", async () => {
    const channels = signalOf(2, 44100).map((row) => row.map((sample) => sample / 4));
    await choose(page, "sound-file", "noise.wav", writeWav({ sampleRate: 44100, channels }));
    await expect.poll(() => text(page, "file-name")).toBe("noise.wav");
    if (!audible) return expect(await page.locator("#play").isEnabled()).toBe(true);
    await page.click("#play");
    await plays(page, name);
    await page.click("#play");
  });

  test("the microphone", async () => {
    await page.getByText("Microphone", { exact: true }).click();
    await page.click("#play");
    if (await plays(page, name)) {
      expect(await text(page, "status")).toContain("Listening.");
      await page.click("#play");
    }
    await page.getByText("Demo", { exact: true }).click();
  });

  test("what is no model and what is no sound is said in words, and what was there goes on", async () => {
    await choose(page, "model-file", "other.safetensors", new Uint8Array(40));
    await expect.poll(() => text(page, "status")).toContain("other.safetensors: ");
    await choose(page, "sound-file", "letter.wav", new TextEncoder().encode("Dear reader"));
    await expect.poll(() => text(page, "status")).toContain("letter.wav is not a sound file");
    expect(await text(page, "model")).toBe("model.safetensors");
    await choose(page, "model-file", "mine.safetensors", readFileSync(file));
    await expect.poll(() => text(page, "model")).toBe("mine.safetensors");
  });

  test("no complaint on the console", () => expect(complaints).toEqual([]));
});
