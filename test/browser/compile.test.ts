/** A compiled network in a processor of one's own: the audio thread has no console, no timers, no text encoders, and a block size of its own. */
import { compile } from "atrous";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../platform/bundle.ts";
import { browserNames, launch, serveTexts } from "./browsers.ts";
import { network } from "./network.ts";

const LENGTH = 4096;
const worklet = `
  import { capabilities, compile } from "atrous";
  import { network } from "${new URL("./network.ts", import.meta.url).pathname}";
  class Processor extends AudioWorkletProcessor {
    constructor() {
      super();
      this.port.postMessage(capabilities().backend);
    }
    process([input], [output]) {
      this.run ??= compile(network(), [1, output[0].length]);
      this.run(input[0] ?? new Float32Array(output[0].length), output[0]);
      return true;
    }
  }
  registerProcessor("compiled", Processor);
`;

const page = `<!doctype html><script type="module">
  const context = new OfflineAudioContext(1, ${LENGTH}, 48000);
  await context.audioWorklet.addModule("/worklet.js");
  const buffer = context.createBuffer(1, ${LENGTH}, 48000);
  buffer.getChannelData(0).set(Float32Array.from({ length: ${LENGTH} }, (_, i) => Math.fround(((i * 37) % 200) / 100 - 1)));
  const source = new AudioBufferSourceNode(context, { buffer });
  const node = new AudioWorkletNode(context, "compiled");
  const backend = new Promise((resolve) => { node.port.onmessage = ({ data }) => resolve(data); });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  globalThis.result = { backend: await backend, samples: Array.from(rendered.getChannelData(0)) };
</script>`;

let served: Awaited<ReturnType<typeof serveTexts>>;
beforeAll(async () => {
  served = await serveTexts({ "/": page, "/worklet.js": await bundle(worklet) });
});
afterAll(() => served.close());

describe.each(browserNames)("%s", (name) => {
  test("a compiled network gives the same samples on the audio thread as here, bit for bit", async () => {
    const { browser, close } = await launch(name);
    try {
      const tab = await browser.newPage();
      const errors: string[] = [];
      tab.on("pageerror", (error) => errors.push(error.message));
      await tab.goto(served.address);
      const result = await tab
        .waitForFunction("globalThis.result", undefined, { timeout: 20000 })
        .then((handle) => handle.jsonValue() as Promise<{ backend: string; samples: number[] }>)
        .catch((error) => Promise.reject(new Error(`${error.message}; the page says: ${errors.join("; ")}`)));
      expect(result.backend).toBe("wasm");
      const x = Float32Array.from({ length: LENGTH }, (_, i) => ((i * 37) % 200) / 100 - 1);
      expect(result.samples).toEqual(Array.from(compile(network(), [1, LENGTH])(x)));
    } finally {
      await close();
    }
  }, 60000);
});
