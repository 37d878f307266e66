import { Unsupported } from "../network.ts";
import type { Row } from "../results.ts";

/** Progress goes to stderr, so that what is printed can be piped. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Says why an engine takes no part in a case. Whether that is a failure, and not just an operation it has not got. */
export function leftOut(engine: string, error: unknown): boolean {
  const lacking = error instanceof Unsupported;
  const reason = error instanceof Error ? error.message : String(error);
  say(`    ${engine} ${lacking ? "has no" : "left out:"} ${reason}`);
  return !lacking;
}

export function done({ name, timings }: Row): void {
  const times = Object.entries(timings).map(([engine, { median }]) => `${engine} ${median.toPrecision(3)} ms`);
  say(`${name}: ${times.join(", ")}`);
}
