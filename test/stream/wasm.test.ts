import { getBackend } from "atrous";
import { expect, test } from "vitest";
import { checkRandomNetworks } from "./property.ts";

test("random networks in random blocks give the bits of the whole signal, on compiled kernels", {
  timeout: 300_000,
}, () => {
  expect(getBackend().name).toBe("wasm");
  expect(checkRandomNetworks({ networks: 150, splits: 8 })).toBeGreaterThanOrEqual(150 * 9);
});
