import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Tensor } from "atrous";
import {
  fileDType,
  readMindSpore,
  readNpz,
  readSafetensors,
  readTorch,
  writeMindSpore,
  writeNpz,
  writeSafetensors,
  writeTorch,
} from "atrous/io";
import { expect, test } from "vitest";
import { SEED } from "../setting.ts";
import { pythonWithTorch } from "./python.ts";

function python(...args: readonly string[]): string {
  const script = fileURLToPath(new URL("files.py", import.meta.url));
  const { stdout, stderr, status } = spawnSync(pythonWithTorch(), [script, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

type State = Map<string, Tensor>;

/** Ways from a state dict to itself. */
const ways: Readonly<Record<string, (state: State) => State>> = {
  direct: (state) => state,
  safetensors: (state) => inOrder(state, readSafetensors(writeSafetensors(state))),
  mindspore: (state) => readNpz(writeNpz(readMindSpore(writeMindSpore(state, { crc: true })))),
};

/** safetensors may be sorted, which alignment asks for. */
const inOrder = (like: State, state: State): State =>
  new Map(Array.from(like.keys(), (name) => [name, state.get(name)!]));

/** NumPy has no bfloat16, which comes back from there as float32. */
const hasBrains = (state: State): boolean => [...state.values()].some((each) => fileDType(each) === "bfloat16");

test("state dicts of PyTorch, through our files and back, are the same to the last bit", () => {
  const folder = mkdtempSync(join(tmpdir(), "atrous-files-"));
  try {
    python("write", folder, String(SEED));
    const files = readdirSync(folder);
    let written = 0;
    for (const file of files) {
      const path = join(folder, file);
      const state = readTorch(readFileSync(path)) as State;
      for (const [name, way] of Object.entries(ways)) {
        if (name === "mindspore" && hasBrains(state)) continue;
        writeFileSync(path.replace(/pt$/, `${name}.pt`), writeTorch(way(state)));
        written++;
      }
    }
    expect(files.length).toBe(40);
    expect(Number(python("compare", folder))).toBe(written);
    expect(written).toBeGreaterThan(90);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
