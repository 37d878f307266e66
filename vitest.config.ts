import { defineConfig } from "vitest/config";

const source = (file: string): string => new URL(`./src/${file}`, import.meta.url).pathname;

/** The package's own names, resolved to the sources, so that tests and README examples import what users import. */
export const alias: Record<string, string> = {
  "atrous/io": source("io/index.ts"),
  "atrous/mindspore": source("mindspore/index.ts"),
  "atrous/stream": source("stream/index.ts"),
  "atrous/wasm": source("backends/wasm/index.ts"),
  atrous: source("index.ts"),
};

export default defineConfig({
  resolve: { alias },
  test: {
    testTimeout: 30_000,
    maxWorkers: "100%", // of the cores; the default leaves one free, which is half of two
    setupFiles: ["test/setup.ts"],
    include: ["test/**/*.test.ts"],
    exclude: ["test/live/**", "test/browser/**", "node_modules/**"],
  },
});
