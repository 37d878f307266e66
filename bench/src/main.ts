/** Measures atrous and its peers side by side. A whole run is kept as bench/RESULTS.md, part of one is printed. */
import { writeFileSync } from "node:fs";
import { argv } from "node:process";
import { cases, networkCases, trainingCases } from "./cases/index.ts";
import { type Engine, loadEngine } from "./engines/index.ts";
import { isWhole, type Options, readOptions, usage } from "./options.ts";
import { measurePeak } from "./peak.ts";
import { thisMachine } from "./report/machine.ts";
import { markdown } from "./report/markdown.ts";
import type { Results, Row } from "./results.ts";
import { type ClockName, clocks } from "./run/clock.ts";
import { runFirstCall } from "./run/firstCall.ts";
import { runInference } from "./run/inference.ts";
import { patience } from "./run/measure.ts";
import { done, leftOut, say } from "./run/progress.ts";
import { runTraining } from "./run/training.ts";

async function main(options: Options): Promise<void> {
  if (![...cases, ...trainingCases].some(({ name }) => name.includes(options.case)))
    throw new Error(`--case: no name has ${options.case} in it`);
  const engines = await load(options.engines);
  const chosen = <T extends { name: string }>(all: readonly T[]): T[] =>
    all.filter(({ name }) => name.includes(options.case));
  const inference: Row[] = [];
  const training: Row[] = [];
  const firstCalls: Row[] = [];
  const peaks = [measurePeak()];
  const keep = (rows: Row[], row: Row): void => {
    rows.push(row);
    done(row);
  };
  const clock: ClockName = options.cpuTime ? "cpu" : "wall";
  const how = { seconds: options.seconds, clock: clocks[clock] };
  const start = { cpu: clocks.cpu(), wall: clocks.wall() };
  for (const each of chosen(cases)) {
    keep(inference, await runInference(each, engines, how));
    peaks.push(measurePeak(0.2));
  }
  for (const each of chosen(trainingCases)) keep(training, await runTraining(each, engines, how));
  const share = (clocks.cpu() - start.cpu) / (clocks.wall() - start.wall);

  for (const each of chosen(networkCases)) {
    const { timings } = inference.find(({ name }) => name === each.name)!;
    const names = Object.keys(timings).filter((name) => name !== "eager" && timings[name]!.median < patience);
    keep(firstCalls, runFirstCall(each, names, clock));
  }

  const results: Results = {
    machine: thisMachine(),
    clock,
    peak: Math.max(...peaks),
    share,
    inference,
    training,
    firstCalls,
  };
  if (options.json) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
  const page = markdown(results);
  if (isWhole(options)) writeFileSync(new URL("../RESULTS.md", import.meta.url), page);
  else console.log(page);
}

/** Those that are installed and start. */
async function load(names: readonly string[]): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const name of names) {
    try {
      engines.push(await loadEngine(name));
    } catch (error) {
      leftOut(name, error);
    }
  }
  return engines;
}

try {
  await main(readOptions(argv.slice(2)));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  say(usage);
  process.exitCode = 1;
}
