/** What a page pays: minified and gzipped bytes of each entry point, and of the smallest network that is of use. */
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

const dist = (file) => new URL(`../dist/${file}`, import.meta.url).pathname;

const entries = [
  [
    "atrous: Conv1d, ConvTranspose1d, compile",
    'import { nn, compile } from "#index.js"; export { compile }; export const layers = [nn.Conv1d, nn.ConvTranspose1d];',
  ],
  ["atrous, everything", 'export * from "#index.js";'],
  ["atrous/stream, with everything it needs but a backend", 'export * from "#stream/index.js";'],
  ["atrous/worklet", 'import "#worklet.js";'],
  ["atrous/wasm", 'export * from "#backends/wasm/index.js";'],
  ["atrous/io: readSafetensors", 'export { readSafetensors } from "#io/index.js";'],
  ["atrous/io: readStateDict, whatever the file", 'export { readStateDict } from "#io/index.js";'],
  ["atrous/io: importOnnx, with what networks are made of", 'export { importOnnx } from "#io/index.js";'],
  ["atrous/io, everything", 'export * from "#io/index.js";'],
  ["atrous/mindspore", 'export * from "#mindspore/index.js";'],
];

async function sizeOf(code) {
  const bundle = await rolldown({
    input: "entry",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? "\0entry" : id.startsWith("#") ? dist(id.slice(1)) : null),
        load: (id) => (id === "\0entry" ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const text = output[0].code;
  return { minified: Buffer.byteLength(text), gzipped: gzipSync(text, { level: 9 }).length };
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(7);

console.log(`${"entry point".padEnd(56)} minified  gzipped (kB)`);
for (const [name, code] of entries) {
  const { minified, gzipped } = await sizeOf(code);
  console.log(`${name.padEnd(56)} ${kilobytes(minified)}  ${kilobytes(gzipped)}`);
}
