/** What a process of its own says about its garbage: `--trace-gc` prints a line per collection. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";

/** The lines between "begin" and "end" of a script run with `flags`. */
async function linesOf(script: string, ...flags: string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "atrous-"));
  try {
    const file = join(folder, "script.cjs");
    writeFileSync(file, await bundle(script));
    const lines = execFileSync(process.execPath, [...flags, file], { encoding: "utf8" }).split("\n");
    return lines.slice(lines.indexOf("begin") + 1, lines.indexOf("end"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("300,000 calls of a compiled network cause no garbage collection", async () => {
  const script = (inLoop: string) => `
    import { compile, nn } from "atrous";
    const net = new nn.Sequential(new nn.Conv1d(1, 16, 3, { padding: 1 }), new nn.Tanh(), new nn.ConvTranspose1d(16, 1, 4, { stride: 2 }));
    const run = compile(net, [1, 1, 64]);
    const x = new Float32Array(64), y = new Float32Array(130);
    for (let i = 0; i < 20000; i++) run(x, y);
    globalThis.gc();
    globalThis.kept = [];
    console.log("begin");
    for (let i = 0; i < 300000; i++) { ${inLoop} }
    console.log("end");
  `;
  const flags = ["--trace-gc", "--expose-gc"];
  expect(await linesOf(script("run(x, y);"), ...flags)).toEqual([]);
  // What the test would see: one small object per call.
  expect((await linesOf(script("kept[i % 9] = [run(x), i]; run(x);"), ...flags)).length).toBeGreaterThan(0);
}, 60000);

test("the heap stays flat over 3,000 training steps in one synchronous loop", async () => {
  const script = `
    import { F, manualSeed, nn, optim, rand } from "atrous";
    manualSeed(1);
    const net = new nn.Sequential(new nn.Conv1d(1, 8, 5, { padding: "same" }), new nn.BatchNorm1d(8), new nn.ReLU(), new nn.Conv1d(8, 1, 1));
    const optimizer = new optim.Adam(net.parameters());
    const heap = [];
    console.log("begin");
    for (let step = 1; step <= 3000; step++) {
      const loss = F.mseLoss(net.forward(rand([2, 1, 100])), rand([2, 1, 100]));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      if (step % 1000 === 0) {
        globalThis.gc();
        console.log(process.memoryUsage().heapUsed);
      }
    }
    console.log("end");
  `;
  const [early, , late] = (await linesOf(script, "--expose-gc")).map(Number) as [number, number, number];
  expect(late - early).toBeLessThan(1e6); // 500 bytes a step; a kept graph takes ten times that
}, 60000);
