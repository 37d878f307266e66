import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Tried in this order; the first that can import torch is used. */
const CANDIDATES = ["/usr/bin/python3", "python3", "python"];

let found: string | undefined;

/**
 * A Python with PyTorch. The live comparison is worthless where it is silently left out, so there is no skipping.
 *
 * @throws Error naming every interpreter that was tried, and why it would not do
 */
export function pythonWithTorch(): string {
  if (found) return found;
  const given = process.env.ATROUS_PYTHON;
  const failures: string[] = [];
  for (const candidate of given ? [given] : CANDIDATES) {
    const { status, stderr, error } = spawnSync(candidate, ["-c", "import torch"], { encoding: "utf8" });
    if (status === 0) {
      found = candidate;
      return found;
    }
    failures.push(`${candidate}: ${error?.message ?? stderr.trim().split("\n").at(-1)}`);
  }
  throw new Error(
    `The live comparison needs a Python that can import torch (Debian: python3-torch); set ATROUS_PYTHON to one. Tried:\n  ${failures.join("\n  ")}`,
  );
}

/** What a script beside the tests prints, one JSON value per line, while it is still computing the next. */
export async function* askPython(script: string, args: readonly (string | number)[]): AsyncGenerator<unknown> {
  const path = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const python: ChildProcess = spawn(pythonWithTorch(), [path, ...args.map(String)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaint = "";
  python.stderr!.on("data", (text) => (complaint += text));
  const closed = once(python, "close");
  try {
    for await (const line of createInterface({ input: python.stdout! })) yield JSON.parse(line);
    const [code] = await closed;
    if (code !== 0) throw new Error(`${path} ${args.join(" ")} ended with ${code}:\n${complaint}`);
  } finally {
    python.kill();
  }
}
