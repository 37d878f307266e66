import { explain, nn, reference, setBackend, wasm } from "atrous";
import { expect, test } from "vitest";

const network = (): nn.Sequential =>
  new nn.Sequential(new nn.Conv1d(2, 6, 3, { padding: "same" }), new nn.LeakyReLU(0.1), new nn.Conv1d(6, 3, 5));

test("explain names the fused steps, their schedules and the memory", () => {
  const text = explain(network(), [1, 2, 40]);
  expect(text).toContain("conv1d(#1, #2) 1 × 2 → 6 × 40, kernel 3, padded 1; then add");
  expect(text).toContain('{"algorithm":"tiles","tile":{"rows":4,"vectors":2}');
  expect(text).toMatch(/bytes: code \d+, arena \d+, weights \d+, kept \d+$/);
  expect(explain(new nn.Conv1d(8, 8, 3), [1, 8, 3])).toContain('"algorithm":"positions"');
  expect(explain(new nn.ConvTranspose1d(8, 8, 4, { stride: 2 }), [1, 8, 30])).toContain('"algorithm":"phases"');
});

test("a backend that keeps no plan says so", async () => {
  await setBackend(reference());
  expect(explain(network(), [1, 2, 40])).toBe("reference: operation by operation, traced anew at every call");
  await setBackend(wasm());
});
