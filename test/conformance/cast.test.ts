import { tensor } from "atrous";
import { expect, test } from "vitest";

test.each(["int32", "int64"] as const)("a cast to %s truncates, and makes 0 of what is not finite", (dtype) => {
  const x = tensor([1.9, -1.9, Number.NaN, Number.POSITIVE_INFINITY]);
  expect(x.to(dtype).toArray()).toEqual([1, -1, 0, 0]);
  expect(x.to(dtype).dtype).toBe(dtype);
  expect(tensor([7], { dtype }).to("float64").toArray()).toEqual([7]);
});
