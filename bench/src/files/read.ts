/** Reads one file, raw or with a reader, and prints what that took. A process of its own, because memory is the question. */
import { readFileSync } from "node:fs";
import { formats } from "./formats.ts";

const [path, format] = process.argv.slice(2) as [string, string | undefined];
const read = format === undefined ? null : formats[format]!.read;

const begun = performance.now();
const bytes = readFileSync(path);
const tensors = read?.(bytes);
const milliseconds = performance.now() - begun;
process.stdout.write(
  JSON.stringify({ milliseconds, peak: process.resourceUsage().maxRSS * 1024, tensors: tensors?.size ?? 0 }),
);
