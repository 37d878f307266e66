import { allocate } from "../../core/dtype.ts";
import { type FileDType, fileDType, memoryDType, storedTensor } from "../../io/bytes/elements.ts";
import type { Request } from "./request.ts";
import type { Source } from "./source.ts";
import type { Target } from "./targets.ts";

/** Element types that a kind of file does not have, and those that its writer takes instead: found out by writing one number of each. */
export function widened(target: Target, request: Request, source: Source): [from: FileDType, to: FileDType][] {
  const types = new Set(Array.from(source.tensors.values(), fileDType));
  return Array.from(types).flatMap((from): [FileDType, FileDType][] => {
    const one = storedTensor(from, allocate(memoryDType(from), 1), [1]);
    const [read] = target.read(target.write(new Map([["x", one]]), request, source)).values();
    const to = read ? fileDType(read) : from;
    return to === from ? [] : [[from, to]];
  });
}
