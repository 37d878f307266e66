import { defineConfig } from "vitest/config";
import { alias } from "./vitest.config.ts";

/** What needs more than Node: a PyTorch (`python3 -c "import torch"` must work), and a browser called `chromium` on the path. */
export default defineConfig({
  resolve: { alias },
  test: {
    setupFiles: ["test/setup.ts"],
    include: ["test/live/**/*.test.ts", "test/browser/**/*.test.ts"],
    testTimeout: 600_000,
  },
});
