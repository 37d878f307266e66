/** The audio thread of a real browser: no console, no timers, no text encoders, and a block size of its own. */
import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { compile } from "atrous";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundle } from "../platform/bundle.ts";
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
  registerProcessor("atrous", Processor);
`;

const page = `<!doctype html><script type="module">
  const context = new OfflineAudioContext(1, ${LENGTH}, 48000);
  await context.audioWorklet.addModule("/worklet.js");
  const buffer = context.createBuffer(1, ${LENGTH}, 48000);
  buffer.getChannelData(0).set(Float32Array.from({ length: ${LENGTH} }, (_, i) => Math.fround(((i * 37) % 200) / 100 - 1)));
  const source = new AudioBufferSourceNode(context, { buffer });
  const node = new AudioWorkletNode(context, "atrous");
  const backend = new Promise((resolve) => { node.port.onmessage = ({ data }) => resolve(data); });
  source.connect(node).connect(context.destination);
  source.start();
  const rendered = await context.startRendering();
  globalThis.result = { backend: await backend, samples: Array.from(rendered.getChannelData(0)) };
</script>`;

let server: Server;
beforeAll(async () => {
  const script = await bundle(worklet);
  server = createServer(({ url }, response) => {
    const [type, body] = url === "/worklet.js" ? ["text/javascript", script] : ["text/html", page];
    response.writeHead(200, { "content-type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());

test("a compiled network gives the same samples on the audio thread as here, bit for bit", async () => {
  const executablePath = execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
  try {
    const tab = await browser.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(error.message));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const result = await tab
      .waitForFunction("globalThis.result", undefined, { timeout: 20000 })
      .then((handle) => handle.jsonValue() as Promise<{ backend: string; samples: number[] }>)
      .catch((error) => Promise.reject(new Error(`${error.message}; the page says: ${errors.join("; ")}`)));
    expect(result.backend).toBe("wasm");
    const x = Float32Array.from({ length: LENGTH }, (_, i) => ((i * 37) % 200) / 100 - 1);
    expect(result.samples).toEqual(Array.from(compile(network(), [1, LENGTH])(x)));
  } finally {
    await browser.close();
  }
}, 60000);
