import { parseArgs } from "node:util";
import { engineNames } from "./engines/index.ts";

export interface Options {
  /** Part of a name; every case has the empty one. */
  readonly case: string;
  readonly engines: readonly string[];
  /** Per case. */
  readonly seconds: number;
  /** Time of this process instead of time on the wall: for a machine that is busy with something else. */
  readonly cpuTime: boolean;
  readonly json: string | undefined;
}

export const usage = `node bench/dist/main.js [--case SUBSTRING] [--engine NAME,NAME] [--seconds S] [--cpu-time] [--json FILE]
engines: ${engineNames.join(", ")}`;

/** @throws Error that says what is wrong with them */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      case: { type: "string", default: "" },
      engine: { type: "string", default: engineNames.join(",") },
      seconds: { type: "string", default: "4" },
      "cpu-time": { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  const engines = values.engine.split(",");
  const unknown = engines.find((name) => !engineNames.includes(name));
  if (unknown !== undefined) throw new Error(`--engine: there is no ${unknown}; there are ${engineNames.join(", ")}`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds: must be a number above 0, got ${values.seconds}`);
  return { case: values.case, engines, seconds, cpuTime: values["cpu-time"], json: values.json };
}

/** Whether all that there is was measured. */
export function isWhole(options: Options): boolean {
  return options.case === "" && options.engines.length === engineNames.length;
}
