/** Whatever JavaScript hands to an operation, it gives a tensor or an error of ours, at once: never a raw TypeError from inside. */
import { AtrousError, arange, cat, F, full, gradients, ones, rand, stack, Tensor, tensor, zeros } from "atrous";
import { expect, test } from "vitest";

const integers = tensor([[1, 2], [3, 4]], { dtype: "int64" }); // biome-ignore format: one line
const garbage: readonly unknown[] = [
  ...[null, undefined, -1, 0.5, Number.NaN, "0", false, 10n, Symbol("x"), () => 1],
  ...[[], [-1, 6], [null], ["a"], {}, { dim: 1 }, { keepDim: "no" }, { weight: false }],
  ...[ones([1, 2, 6]), integers, tensor(1), tensor([1, 2], { dtype: "int32" })],
];

const functions: Record<string, unknown> = { ...F, gradients, cat, stack, tensor, zeros, ones, full, arange, rand };

function attempt(f: (...args: unknown[]) => unknown, args: unknown[]): unknown {
  try {
    const y = f(...args);
    if (y instanceof Tensor) y.dataSync();
    return undefined;
  } catch (error) {
    return error instanceof AtrousError ? undefined : error;
  }
}

test.each(Object.keys(functions))("%s", (name) => {
  const f = functions[name] as (...args: unknown[]) => unknown;
  for (const first of garbage)
    for (const second of garbage) {
      const raw = attempt(f, [first, second]);
      expect(raw, `${name}(${garbage.indexOf(first)}, ${garbage.indexOf(second)} of the list)`).toBeUndefined();
    }
  for (const second of garbage)
    for (const third of garbage) expect(attempt(f, [ones([1, 2, 6]), second, third])).toBeUndefined();
});
