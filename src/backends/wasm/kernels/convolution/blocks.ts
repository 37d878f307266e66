import { forRange, type Local, type Statement } from "../../assembler/index.ts";

/** `block` for every `height` of `count` rows, then once more for those that are left; `row` is the first of the block. */
export const inBlocks = (
  row: Local<"i32">,
  count: number,
  height: number,
  block: (rows: number) => Statement,
): Statement => [
  forRange(row, 0, count - height + 1, height, block(height)),
  count % height > 0 ? block(count % height) : [],
];
