import { defineConfig } from "vitest/config";
import { alias } from "./vitest.config.ts";

/** The comparison with a PyTorch on this machine (`python3 -c "import torch"` must work). */
export default defineConfig({
  resolve: { alias },
  test: { include: ["test/live/**/*.test.ts"], testTimeout: 600_000 },
});
