/** Networks from files stream whenever those do that the files are of. */
import { exportOnnx, importOnnx } from "atrous/io";
import { expect, test } from "vitest";
import { checkRandomNetworks } from "../stream/property.ts";

test("random networks, exported and imported, give the bits of the whole block by block", () => {
  const runs = checkRandomNetworks({
    ...{ networks: 60, splits: 2 },
    through: ({ net, channels }, length) => importOnnx(exportOnnx(net, [1, channels, length])),
  });
  expect(runs).toBeGreaterThanOrEqual(60 * 3);
});
