import type { TorchValue } from "../value.ts";
import type { Cursor } from "./cursor.ts";
import type { Host } from "./host.ts";
import { Machine } from "./machine.ts";
import { checkNesting } from "./nesting.ts";
import { opcodes } from "./opcodes.ts";

/** Limits that no checkpoint comes near: a tensor takes about 150 bytes and 40 operations. */
const MAX_BYTES = 2 ** 26;
const MAX_OPERATIONS = 5_000_000;

const STOP = 0x2e;

/** Runs the pickle at the cursor, and leaves that after it. Names mean what a table says they mean; nothing else is ever called. */
export function unpickle(cursor: Cursor, host: Host): TorchValue {
  const machine = new Machine(host);
  const start = cursor.at;
  for (let operations = 0; ; operations++) {
    const at = cursor.at;
    if (operations > MAX_OPERATIONS) host.fail(`the pickle has more than ${MAX_OPERATIONS} operations, the limit`);
    if (at - start > MAX_BYTES) host.fail(`the pickle has more than ${MAX_BYTES} bytes, the limit`);
    const code = cursor.uint8();
    if (code === STOP) break;
    const run = opcodes[code];
    if (run) run(machine, cursor);
    else
      host.fail(
        `the pickle has operation 0x${code.toString(16).padStart(2, "0")} at byte ${at}, which is not read here`,
      );
  }
  return checkNesting(machine.pop(), host.fail);
}
