/** Every ```ts block of the documents runs; a trailing `// → text` is compared with what its line prints. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "test", ".generated");

const blocks = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].flatMap((document) =>
  Array.from(readFileSync(join(root, document), "utf8").matchAll(/```ts\n([\s\S]*?)```/g), ([, code], i) => ({
    name: `${document} example ${i + 1}`,
    code: code!,
  })),
);

describe("documented examples", () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(blocks)("$name", async ({ name, code }) => {
    const expected = Array.from(code.matchAll(/console\.log\(.*\);? *\/\/ → (.*)/g), ([, text]) => text!.trim());
    const printed: string[] = [];
    const log = vi.spyOn(console, "log").mockImplementation((...values) => {
      printed.push(values.map(String).join(" "));
    });
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name.replaceAll(/\W+/g, "-")}.ts`);
    writeFileSync(file, code);
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      log.mockRestore();
    }
    expect(printed.slice(0, expected.length)).toEqual(expected);
  });
});
