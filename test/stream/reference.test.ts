import { reference, setBackend } from "atrous";
import { beforeAll, expect, test } from "vitest";
import { checkRandomNetworks } from "./property.ts";

beforeAll(() => setBackend(reference()));

test("random networks in random blocks give the bits of the whole signal, on the reference backend", {
  timeout: 300_000,
}, () => {
  expect(checkRandomNetworks({ networks: 450, splits: 8 })).toBeGreaterThanOrEqual(450 * 9);
});
