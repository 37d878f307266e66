/** In a process of its own, because the heap of a test runner never rests. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "../platform/bundle.ts";

const script = `
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
  const nets = {
    tcn: new nn.Sequential(new nn.Conv1d(1, 8, 1), ...[1, 2, 4, 8].map((d) => new Residual(8, d)), new nn.Conv1d(8, 1, 1)),
    strided: new nn.Sequential(
      new nn.Conv1d(1, 4, 8, { stride: 3, padding: 3 }), new nn.MaxPool1d(2), new nn.Upsample({ scaleFactor: 2 }),
      new nn.ReflectionPad1d(2), new nn.Conv1d(4, 4, 5), new nn.ConvTranspose1d(4, 1, 8, { stride: 3, padding: 3 }),
    ),
  };
  for (const [name, net] of Object.entries(nets)) {
    const live = realtime(net, { block: 64 });
    const [input, output] = [[new Float32Array(64).fill(0.5)], [new Float32Array(64)]];
    const run = (blocks) => { for (let i = 0; i < blocks; i++) live.process(input, output); };
    run(80000);
    const deltas = [];
    for (let round = 0; round < 8; round++) {
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      console.log("begin " + name);
      run(10000);
      console.log("end " + name);
      deltas.push(process.memoryUsage().heapUsed - before);
    }
    console.log(JSON.stringify({ name, delta: Math.min(...deltas) }));
  }
`;

test("process allocates nothing in 10,000 blocks, and nothing is collected meanwhile", {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "atrous-"));
  try {
    const file = join(folder, "run.cjs");
    writeFileSync(file, await bundle(script));
    const printed = execFileSync(process.execPath, ["--expose-gc", "--trace-gc", file], { encoding: "utf8" });
    for (const name of ["tcn", "strided"]) {
      const rounds = printed.split(`begin ${name}\n`).slice(1);
      const meanwhile = rounds.map((round) => round.slice(0, round.indexOf(`end ${name}`)));
      expect(meanwhile).toHaveLength(8);
      expect(meanwhile.filter((text) => !/Scavenge|Mark-Compact|Mark-sweep/.test(text)).length).toBeGreaterThanOrEqual(
        4,
      );
    }
    const results = printed.split("\n").filter((line) => line.startsWith("{"));
    expect(results).toHaveLength(2);
    // A single boxed number per block would be 160 kB; printing and measuring take a few.
    for (const line of results) expect(JSON.parse(line).delta, line).toBeLessThan(100_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
