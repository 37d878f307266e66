/** Threads that fail in every way a thread can. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AtrousError } from "atrous";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Crew } from "../../src/cli/streaming/crew.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atrous-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Two threads that run `script` with each job, a number; gives what they reported as progress. */
async function work(script: string, jobs: readonly number[] = [1, 2, 3, 4, 5]): Promise<number[]> {
  const file = join(folder, "worker.mjs");
  writeFileSync(
    file,
    `import { parentPort } from "node:worker_threads";
     const say = (message) => parentPort.postMessage(message);
     parentPort.once("message", (common) => {
       parentPort.on("message", (job) => { ${script}; say("idle"); });
       say("idle");
     });`,
  );
  const crew = new Crew(pathToFileURL(file), 2);
  const heard: number[] = [];
  try {
    crew.tell({ factor: 10 });
    await crew.run(jobs, (amount) => heard.push(amount));
  } finally {
    await crew.close();
  }
  return heard;
}

test("every job is done once", async () => {
  const heard = await work("say({ progress: job * common.factor })");
  expect(heard.sort((a, b) => a - b)).toEqual([10, 20, 30, 40, 50]);
  expect(await work("", [])).toEqual([]);
  expect(await work("say({ progress: job })", [7])).toEqual([7]);
});

test.each([
  ["a throw", "if (job === 3) throw new Error('the third is broken')", "a worker failed: the third is broken"],
  ["an end", "if (job === 5) process.exit(3)", "a worker ended before its work, with exit code 3"],
  [
    "an end that looks like success",
    "if (job === 2) process.exit()",
    "a worker ended before its work, with exit code 0",
  ],
  ["a rejection", "if (job === 4) return void Promise.reject(new Error('late'))", "a worker failed: late"],
])("%s of one ends all with an error", async (_, script, message) => {
  const failure = work(script);
  await expect(failure).rejects.toThrow(AtrousError);
  await expect(failure).rejects.toThrow(message);
});

test("a script that is not there, or cannot start", async () => {
  const crew = new Crew(pathToFileURL(join(folder, "none.mjs")), 2);
  await new Promise((resolve) => setTimeout(resolve, 200)); // it fails before there is work
  await expect(crew.run([1], () => {})).rejects.toThrow(/a worker failed: Cannot find module/);
  await crew.close();
});
