import { rolldown } from "rolldown";
import { alias } from "../../vitest.config.ts";

/** The sources behind `code`, which imports them by the package's names, in one script: an IIFE, because bare realms know no modules. */
export async function bundle(code: string): Promise<string> {
  const build = await rolldown({
    input: "entry",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? "\0entry.ts" : (alias[id] ?? null)),
        load: (id) => (id === "\0entry.ts" ? code : null),
      },
    ],
  });
  const { output } = await build.generate({ format: "iife", minify: true });
  await build.close();
  return output[0].code;
}
