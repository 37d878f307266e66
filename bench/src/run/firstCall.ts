/**
 * How long an engine takes from a network it has never seen to its first result. Every time is one of a process of its own, in which
 * nothing is warm; loading the engine's JavaScript and bringing the network into its format are not counted.
 */
import { spawnSync } from "node:child_process";
import { argv, execPath } from "node:process";
import { fileURLToPath } from "node:url";
import { type Case, cases } from "../cases/index.ts";
import { count } from "../count.ts";
import { loadEngine } from "../engines/index.ts";
import { randomNumbers } from "../random.ts";
import type { Row, Timing } from "../results.ts";
import { type ClockName, clocks } from "./clock.ts";
import { timingOf } from "./measure.ts";
import { leftOut } from "./progress.ts";

const processes = 3;

export function runFirstCall({ name, input, network }: Case, engines: readonly string[], clock: ClockName): Row {
  const timings: Record<string, Timing> = {};
  const failed: string[] = [];
  for (const engine of engines) {
    try {
      timings[engine] = timingOf(Array.from({ length: processes }, () => timeInProcess(name, engine, clock)));
    } catch (error) {
      if (leftOut(engine, error)) failed.push(engine);
    }
  }
  const { multiplyAdds } = count(network(), input);
  return { group: "First call", name, multiplyAdds: multiplyAdds / 1e9, timings, failed };
}

function timeInProcess(name: string, engine: string, clock: ClockName): number {
  const { stdout, stderr, status } = spawnSync(execPath, [fileURLToPath(import.meta.url), name, engine, clock], {
    encoding: "utf8",
  });
  const time = Number(stdout.trim().split("\n").at(-1));
  if (status !== 0 || !(time > 0)) throw new Error(stderr.trim().split("\n").at(-1));
  return time;
}

/** The process of one measurement: prints milliseconds. */
async function main(name: string, engineName: string, clock: ClockName): Promise<void> {
  const { input, network } = cases.find((each) => each.name === name)!;
  const x = randomNumbers(2)(
    input.reduce((a, b) => a * b),
    1,
  );
  const engine = await loadEngine(engineName);
  const start = engine.prepare!(network(), input);
  const before = clocks[clock]();
  const { run } = await start();
  await run(x);
  console.log(clocks[clock]() - before);
}

if (argv[1] === fileURLToPath(import.meta.url)) await main(argv[2]!, argv[3]!, argv[4] as ClockName);
