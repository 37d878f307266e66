/** Writes a file of noise in one of the formats, and prints what making its bytes took. */
import { writeFileSync } from "node:fs";
import { type Tensor, tensor } from "../../../dist/index.js";
import { ELEMENTS, formats, TENSORS } from "./formats.ts";

function noise(seed: number): Tensor {
  const data = new Float32Array(ELEMENTS);
  let state = seed + 1;
  for (let i = 0; i < ELEMENTS; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[i] = state / 2 ** 31;
  }
  return tensor(data, { shape: [ELEMENTS / 100, 20, 5] });
}

const [path, format] = process.argv.slice(2) as [string, string];
const tensors = new Map(Array.from({ length: TENSORS }, (_, i) => [`layers.${i}.weight`, noise(i)] as const));
const begun = performance.now();
const bytes = formats[format]!.write(tensors);
const milliseconds = performance.now() - begun;
writeFileSync(path, bytes);
process.stdout.write(JSON.stringify({ milliseconds, peak: 0 }));
