import type { Fail } from "../bytes/fail.ts";

/** Counts bytes that are about to be allocated beyond what the file itself holds. @throws when they exceed the limit */
export type Spend = (bytes: number) => void;

export function budget(limit: number, fail: Fail): Spend {
  let spent = 0;
  return (bytes) => {
    spent += bytes;
    if (spent > limit) fail(`the file unfolds to more than ${limit} bytes, the limit; option maxBytes raises it`);
  };
}
