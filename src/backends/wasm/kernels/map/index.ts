export { emitMap } from "./map.ts";
export { type RowInput, rowFunction } from "./row.ts";
