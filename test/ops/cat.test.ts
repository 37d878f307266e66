import { arange, F, tensor } from "atrous";
import { expect, test } from "vitest";

test("more tensors than a function of WebAssembly has parameters, and their gradients", () => {
  const parts = Array.from({ length: 1100 }, (_, i) => tensor([[i]], { requiresGrad: i % 500 === 0 }));
  const y = F.cat(parts, 1);
  expect([...y.dataSync()]).toEqual(Array.from({ length: 1100 }, (_, i) => i));
  y.mul(arange(1100)).sum().backward();
  expect([0, 500, 1000].map((i) => parts[i]!.grad!.item())).toEqual([0, 500, 1000]);
});
