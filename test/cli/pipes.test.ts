/** The command line between other programs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "atrous";
import { writeSafetensors } from "atrous/io";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleCli } from "./bundleCli.ts";

let folder: string;
let main: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "atrous-"));
  main = await bundleCli(join(folder, "bundle"));
  // More than a pipe holds.
  const names = Array.from({ length: 10_000 }, (_, i) => [`layers.${i}.weight`, tensor([i])] as const);
  writeFileSync(join(folder, "many.safetensors"), writeSafetensors(Object.fromEntries(names)));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function ended(child: ChildProcess): Promise<[code: number | null, errors: string]> {
  let errors = "";
  child.stderr!.on("data", (text) => {
    errors += text;
  });
  const [code] = await once(child, "close");
  return [code, errors];
}

test.each([[["inspect"]], [["inspect", "--json"]]])("who reads no further hears no complaint: %j", async (args) => {
  const child = spawn(process.execPath, [main, ...args, join(folder, "many.safetensors")]);
  child.stdout.once("data", () => child.stdout.destroy());
  expect(await ended(child)).toEqual([0, ""]);
});

test.skipIf(!existsSync("/dev/full"))("a full disk is said in a sentence", async () => {
  const args = [main, "inspect", join(folder, "many.safetensors")];
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, args, { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  expect(await ended(child)).toEqual([
    1,
    "atrous: the output cannot be written: ENOSPC: no space left on device, write\n",
  ]);
});
