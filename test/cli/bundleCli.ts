import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";

const source = (file: string): string => new URL(`../../src/cli/${file}`, import.meta.url).pathname;

/** The command line as JavaScript in a folder, its worker where the build has it: Node 20 runs no sources. Gives the path of `main`. */
export async function bundleCli(folder: string): Promise<string> {
  const build = await rolldown({
    input: { main: source("main.ts"), "streaming/worker": source("streaming/worker.ts") },
    platform: "node",
  });
  await build.write({ dir: folder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
  await build.close();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  return join(folder, "main.js");
}
