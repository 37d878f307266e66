import { enableGrad, gradients, noGrad, Parameter, tensor } from "atrous";
import { expect, test } from "vitest";

const x = tensor([3], { requiresGrad: true });

test("results of noGrad require no grad, and keep no history once read", () => {
  const y = noGrad(() => x.mul(x));
  expect(y.requiresGrad).toBe(false);
  expect(y.item()).toBe(9);
  expect(y.op).toBeNull();
});

test("modes nest, end with their function, and also when it throws", () => {
  const seen = noGrad(() => [x.mul(1), enableGrad(() => x.mul(1)), x.mul(1)].map((y) => y.requiresGrad));
  expect(seen).toEqual([false, true, false]);
  expect(() =>
    noGrad(() => {
      throw new Error("oops");
    }),
  ).toThrow("oops");
  expect(x.mul(1).requiresGrad).toBe(true);
  expect(() => noGrad(() => enableGrad(() => noGrad(() => Promise.resolve(1))))).toThrow(/synchronous/);
  expect(x.mul(1).requiresGrad).toBe(true);
});

test("noGrad gives what its function gives", () => {
  expect(noGrad(() => "value")).toBe("value");
});

test("a leaf made under noGrad may require grad", () => {
  const leaf = noGrad(() => tensor([2], { requiresGrad: true }));
  leaf.mul(leaf).sum().backward();
  expect(leaf.grad!.item()).toBe(4);
  expect(noGrad(() => new Parameter(tensor([1]))).requiresGrad).toBe(true);
});

test("backward() and gradients() work under noGrad, on what was recorded before", () => {
  const y = x.mul(x).sum();
  expect(noGrad(() => gradients(y, [x]))[0]!.item()).toBe(6);
  const leaf = tensor([2], { requiresGrad: true });
  const loss = leaf.mul(leaf).sum();
  noGrad(() => loss.backward());
  expect(leaf.grad!.item()).toBe(4);
});

test("evaluation is not touched by the mode in which it happens", () => {
  const y = x.mul(2);
  noGrad(() => y.item());
  expect(gradients(y.sum(), [x])[0]!.item()).toBe(2);
});
