import type { Instruction } from "../../../../core/kernels.ts";
import { type V128, v128 } from "../../assembler/index.ts";
import { functions } from "./functions.ts";
import type { Scope } from "./scope.ts";
import { maskOf, masks, numberOf } from "./simple.ts";

/** How often each argument of a chain is used; a result counts as used once. */
function usesOf(body: readonly Instruction[], inputs: number, results: readonly number[]): number[] {
  const uses = new Array<number>(inputs + body.length).fill(0);
  for (const used of [results, ...body.map((instruction) => instruction.arguments)])
    for (const argument of used) uses[argument]!++;
  return uses;
}

/**
 * The code of a chain over vectors that `inputs` load; those that are used more than once are loaded into variables first. It gives the
 * last value, or those that `results` names, in variables.
 */
export function chain(
  scope: Scope,
  body: readonly Instruction[],
  inputs: readonly V128[],
  results: readonly number[] = [inputs.length + body.length - 1],
): V128[] {
  const uses = usesOf(body, inputs.length, results);
  const share = (value: V128, i: number): V128 => (uses[i]! > 1 ? scope.keep(value) : value);
  const values = inputs.map(share);
  /** Comparisons that are still masks: `select` takes them as they are. */
  const compared = new Map<number, V128>();
  const numbers = (argument: number): V128 => {
    const mask = compared.get(argument);
    return mask ? numberOf(scope, mask) : values[argument]!;
  };
  for (const { fn, arguments: read } of body) {
    const made = values.length;
    const mask = masks[fn];
    if (mask) {
      compared.set(made, share(mask(numbers(read[0]!), numbers(read[1]!)), made));
      values.push([]);
    } else if (fn === "select") {
      const [condition, a, b] = read as [number, number, number];
      const where = compared.get(condition) ?? maskOf(scope, numbers(condition));
      values.push(share(v128.bitselect(numbers(a), numbers(b), where), made));
    } else values.push(share(functions[fn](scope, ...read.map(numbers)), made));
  }
  return results.map((result) => scope.keep(numbers(result)));
}
