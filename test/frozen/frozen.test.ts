/** A file of an earlier version loads, by every name and shape, and computes what it computed. */
import { readFileSync, writeFileSync } from "node:fs";
import { readSafetensors, writeSafetensors } from "atrous/io";
import { expect, test } from "vitest";
import { freeze, Network1 } from "./network.ts";

const file = new URL("network1.safetensors", import.meta.url);

// ATROUS_FREEZE=1 npx vitest run test/frozen: only for a new file, never to make this test pass.
if (process.env.ATROUS_FREEZE) {
  const { net, x } = freeze();
  const tensors = new Map(net.stateDict()).set("the input", x).set("the output", net.forward(x).detach());
  writeFileSync(file, writeSafetensors(tensors));
}

test("network1.safetensors", () => {
  const tensors = readSafetensors(readFileSync(file));
  const [x, y] = ["the input", "the output"].map((name) => tensors.get(name)!);
  for (const name of ["the input", "the output"]) tensors.delete(name);
  const net = new Network1().eval();
  expect([...net.stateDict().keys()]).toEqual([...tensors.keys()]);
  net.loadStateDict(tensors);
  expect(net.forward(x!).sub(y!).abs().max().item()).toBeLessThan(2e-6);
});
