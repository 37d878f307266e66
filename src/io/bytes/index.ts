/** What every format reads and writes with. */
export { crc32 } from "./crc32.ts";
export * from "./elements.ts";
export { checkBytes, type Fail, failing } from "./fail.ts";
export { checkNamed, type NamedTensors, numbersOf } from "./named.ts";
export { elementCount, isCount } from "./shape.ts";
