/** The package in a realm that has nothing but the language: no console, no performance, no text encoders, no timers. */
import { createContext, Script } from "node:vm";
import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";

const network = `
  import { capabilities, compile, manualSeed, nn, optim, tensor } from "atrous";
  manualSeed(1);
  const net = new nn.Sequential(new nn.Conv1d(2, 4, 3, { padding: 1 }), new nn.Tanh(), new nn.ConvTranspose1d(4, 1, 4, { stride: 2 }));
  const run = compile(net, [1, 2, 5]);
  const before = Array.from(run(Float32Array.from({ length: 10 }, (_, i) => i / 10)));
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
  const loss = net.forward(tensor([[[1, 2, 3], [4, 5, 6]]])).mul(2).sum();
  loss.backward();
  optimizer.step();
  globalThis.result = { backend: capabilities().backend, before, after: Array.from(run(new Float32Array(10))), loss: loss.item() };
`;

const runIn = async (
  globals: object,
): Promise<{ backend: string; before: number[]; after: number[]; loss: number }> => {
  const realm = createContext({ ...globals }, { codeGeneration: { strings: false, wasm: true } });
  new Script(await bundle(network)).runInContext(realm);
  return JSON.parse(new Script("JSON.stringify(result)").runInContext(realm));
};

test("compiles, runs and trains with WebAssembly and typed arrays alone, and without code from strings", async () => {
  const { backend, before, after, loss } = await runIn({});
  expect(backend).toBe("wasm");
  expect(before).toHaveLength(12);
  expect(before.concat(after, loss).every(Number.isFinite)).toBe(true);
});

test("falls back to the reference backend where there is no WebAssembly, and gives the same numbers", async () => {
  const [with_, without] = await Promise.all([runIn({}), runIn({ WebAssembly: undefined })]);
  expect(without.backend).toBe("reference");
  // tanh is a polynomial on one side, the engine's on the other.
  for (const [i, value] of [...with_.before, ...with_.after].entries())
    expect(value).toBeCloseTo([...without.before, ...without.after][i]!, 6);
});
