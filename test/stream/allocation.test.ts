/** In a process of its own, because the heap of a test runner never rests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../platform/bundle.ts";

/** Bytes of heap: one boxed number per block would be 160 kB; printing and measuring take a few. */
const LEAST = 100_000;

const nets = {
  tcn: `new nn.Sequential(new nn.Conv1d(1, 8, 1), ...[1, 2, 4, 8].map((d) => new Residual(8, d)), new nn.Conv1d(8, 1, 1))`,
  strided: `new nn.Sequential(
    new nn.Conv1d(1, 4, 8, { stride: 3, padding: 3 }), new nn.MaxPool1d(2), new nn.Upsample({ scaleFactor: 2 }),
    new nn.ReflectionPad1d(2), new nn.Conv1d(4, 4, 5), new nn.ConvTranspose1d(4, 1, 8, { stride: 3, padding: 3 }),
  )`,
};

/** Rounds of 10,000 blocks, until the engine has compiled all that it wants to, which takes a while on a busy machine. */
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
  run(50000);
  let delta = Infinity;
  for (let round = 0; round < 30 && delta > ${LEAST}; round++) {
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    console.log("begin");
    run(10000);
    console.log("end");
    delta = process.memoryUsage().heapUsed - before;
  }
  console.log("delta " + delta);
`;

test.each(Object.entries(nets))(
  "process allocates nothing in 10,000 blocks, and nothing is collected meanwhile: %s",
  {
    timeout: 120_000,
  },
  async (_, net) => {
    const folder = mkdtempSync(join(tmpdir(), "atrous-"));
    try {
      const file = join(folder, "run.cjs");
      writeFileSync(file, await bundle(script(net)));
      const printed = execFileSync(process.execPath, ["--expose-gc", "--trace-gc", file], { encoding: "utf8" });
      const last = printed.slice(printed.lastIndexOf("begin"), printed.lastIndexOf("end"));
      expect(last).not.toMatch(/Scavenge|Mark-Compact|Mark-sweep/);
      expect(Number(/delta (-?\d+)/.exec(printed)![1])).toBeLessThan(LEAST);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
