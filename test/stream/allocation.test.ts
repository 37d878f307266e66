/** In a process of its own, because the heap of a test runner never rests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../platform/bundle.ts";

/**
 * Blocks that are watched. Young objects have 1 MB here, so one boxed number per block (16 bytes) would be collected at least once. What
 * `heapUsed` says of less is in steps of 256 kB, a page.
 */
const BLOCKS = 100_000;

const nets = {
  tcn: `new nn.Sequential(new nn.Conv1d(1, 8, 1), ...[1, 2, 4, 8].map((d) => new Residual(8, d)), new nn.Conv1d(8, 1, 1))`,
  strided: `new nn.Sequential(
    new nn.Conv1d(1, 4, 8, { stride: 3, padding: 3 }), new nn.MaxPool1d(2), new nn.Upsample({ scaleFactor: 2 }),
    new nn.ReflectionPad1d(2), new nn.Conv1d(4, 4, 5), new nn.ConvTranspose1d(4, 1, 8, { stride: 3, padding: 3 }),
  )`,
};

/** First as many blocks as the engine takes to compile all that it wants to, which is a while on a busy machine. */
const script = (net: string): string => `
  import { nn } from "atrous";
  import { realtime } from "atrous/stream";
  class Residual extends nn.Module {
    constructor(channels, dilation) {
      super();
      this.conv = new nn.Conv1d(channels, channels, 3, { dilation, padding: "causal" });
      this.mix = new nn.Conv1d(channels, channels, 1);
    }
    forward(x) {
      return x.add(this.mix.forward(this.conv.forward(x).tanh()));
    }
  }
  const live = realtime(${net}, { block: 64 });
  const [input, output] = [[new Float32Array(64).fill(0.5)], [new Float32Array(64)]];
  const run = (blocks) => { for (let i = 0; i < blocks; i++) live.process(input, output); };
  run(2 * ${BLOCKS});
  globalThis.gc();
  console.log("begin");
  run(${BLOCKS});
  console.log("end");
`;

test.each(Object.entries(nets))(
  "process allocates nothing that has to be collected in 100,000 blocks: %s",
  {
    timeout: 120_000,
  },
  async (_, net) => {
    const folder = mkdtempSync(join(tmpdir(), "atrous-"));
    try {
      const file = join(folder, "run.cjs");
      writeFileSync(file, await bundle(script(net)));
      const flags = ["--expose-gc", "--trace-gc", "--max-semi-space-size=1"];
      const printed = execFileSync(process.execPath, [...flags, file], { encoding: "utf8" });
      expect(printed, "what is collected shows").toMatch(/Scavenge[\s\S]*begin[\s\S]*end/);
      const last = printed.slice(printed.lastIndexOf("begin"), printed.lastIndexOf("end"));
      expect(last).not.toMatch(/Scavenge|Mark-Compact|Mark-sweep/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
