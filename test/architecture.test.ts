/** The house rules of ARCHITECTURE.md, as tests. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");
const files = (readdirSync(source, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts")).sort();
const textOf = (file: string): string => readFileSync(join(source, file), "utf8");
const roomOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : file);

/** What each room may import beside itself. */
const below: Record<string, readonly string[]> = {
  core: [],
  graph: ["core"],
  ops: ["graph", "core"],
  plan: ["graph", "core"],
  backends: ["plan", "graph", "core"],
  nn: ["ops", "graph", "core"],
  optim: ["nn", "ops", "graph", "core"],
  io: ["nn", "ops", "graph", "core"],
  stream: ["nn", "ops", "graph", "core"],
  inspect: ["nn", "plan", "ops", "graph", "core"],
  mindspore: ["nn", "ops", "graph", "core"],
  cli: ["index.ts", "backends", "io", "stream", "optim", "inspect", "mindspore", "nn", "ops", "graph", "core"],
  "worklet.ts": ["stream", "backends", "graph", "core"],
  "index.ts": ["backends", "inspect", "optim", "nn", "ops", "graph", "core"],
};

/** Every module that a file names: imports, re-exports, `declare module`, also of types alone. */
function importsOf(file: string): string[] {
  const specifiers = `\n${textOf(file)}`.matchAll(
    /\n\}? ?(?:import|export|declare module)?[^\n;"']*?(?:from |import |import\(|module )["']([^"'\n]+)["']/g,
  );
  return Array.from(specifiers, ([, specifier]) => specifier!);
}

const lines = (text: string): number => text.trimEnd().split("\n").length;

/** Lines that are code: neither blank nor comment. */
const codeLines = (text: string): number =>
  text
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//")).length;

describe("imports point downwards", () => {
  test.each(files)("%s", (file) => {
    const room = roomOf(file);
    expect(Object.keys(below), `src/${room} is a room that ARCHITECTURE.md does not know`).toContain(room);
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith("node:")) {
        expect(room, `${file} imports ${specifier}: only the command line may depend on Node`).toBe("cli");
        continue;
      }
      // The report's page gets the plotting library inlined; its sources know only the library's types.
      if (file.startsWith("cli/report/client/") && textOf(file).includes(`import type uPlot from "${specifier}"`))
        continue;
      expect(specifier, `${file} imports ${specifier}: there are no runtime dependencies`).toMatch(/^\.\.?\//);
      const target = roomOf(relative(source, resolve(source, dirname(file), specifier)));
      if (target !== room) expect(below[room], `${file} imports ${specifier}`).toContain(target);
    }
  });
});

test("only index.ts and the command line name a concrete backend", () => {
  const naming = files.filter((file) => importsOf(file).some((specifier) => specifier.includes("backends/")));
  expect(naming.filter((file) => roomOf(file) !== "backends" && roomOf(file) !== "cli")).toEqual([
    "index.ts",
    "worklet.ts",
  ]);
});

test("the graph knows no operation and no kernel, shared code no padding mode, by name", () => {
  const modes = /["'](zeros|reflect|replicate|circular)["']/;
  for (const file of files.filter((name) => /^(graph|backends|plan)\//.test(name)))
    expect(modes.test(textOf(file)), `${file} names a padding mode`).toBe(false);
  for (const file of files.filter((name) => name.startsWith("graph/")))
    expect(textOf(file), `${file} names a kernel`).not.toMatch(/["'](conv1d\w*|gather|elementwise|sum)["']/);
});

test("files are small: the median under 150 lines, and what exceeds 400 says why in its first lines", () => {
  const sizes = files.map((file) => lines(textOf(file))).sort((a, b) => a - b);
  expect(sizes[sizes.length >> 1]).toBeLessThan(150);
  for (const file of files)
    if (lines(textOf(file)) > 400)
      expect(textOf(file).slice(0, 600), `${file} is long`).toMatch(/\btable\b|lines? because/i);
});

test.each(["Conv1d", "ConvTranspose1d"])("the layer %s has at most 40 lines of code", (name) => {
  const file = `nn/convolution/${name[0]!.toLowerCase()}${name.slice(1)}.ts`;
  const text = textOf(file);
  const body = text.slice(text.indexOf(`export class ${name} `));
  expect(codeLines(body.slice(0, body.indexOf("\n}\n") + 2))).toBeLessThanOrEqual(40);
});

test("ARCHITECTURE.md names every room, and README and CONTRIBUTING exist", () => {
  const architecture = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  for (const room of new Set(files.map(roomOf)))
    expect(architecture).toContain(room.endsWith(".ts") ? room : `${room}/`);
  expect(lines(readFileSync(join(root, "CONTRIBUTING.md"), "utf8"))).toBeGreaterThan(20);
});

test("the package has no runtime dependencies and every export exists in the sources", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(manifest.dependencies ?? {}).toEqual({});
  for (const target of Object.values(manifest.exports) as (string | Record<string, string>)[]) {
    if (typeof target === "string") continue;
    expect(files).toContain(target.default!.replace("./dist/", "").replace(/\.js$/, ".ts"));
  }
});
