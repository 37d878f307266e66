import { commonAxes, cutAxes, isRepetition, joinAxes } from "./axes.ts";
import { type Chain, onAxes, readsInOrder } from "./chain.ts";
import type { Definition } from "./lower.ts";

/** A copy that only repeats an array. */
interface Repetition {
  readonly value: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * Every elementwise function as a chain of its own, by its result. Where it reads an array that is another one repeated, such as
 * the gradient of a sum, it reads that one instead. (A function of one argument is left alone: kernels may read its argument straight
 * through, and it should have been applied before the repetition anyway.)
 */
export function chainsOf(definitions: readonly Definition[]): Map<number, Chain> {
  const chains = new Map<number, Chain>();
  const repetitions = new Map<number, Repetition>();
  for (const { call, inputs, output } of definitions) {
    if (call.kernel === "copy" && isRepetition(call.attributes.strides, call.attributes.shape))
      repetitions.set(output, { ...call.attributes, value: inputs[0]! });
    if (call.kernel !== "elementwise") continue;
    const { fn, shape, strides } = call.attributes;
    const operands = inputs.map((value, i) => ({ value, strides: strides[i]! }));
    let chain: Chain = { shape, links: [{ fn, operands, output }] };
    for (const input of inputs) {
      const repetition = repetitions.get(input);
      if (repetition && inputs.length > 1 && readsInOrder(chain, input))
        chain = readThrough(chain, input, repetition) ?? chain;
    }
    chains.set(output, chain);
  }
  return chains;
}

/** The chain, reading what `copied` repeats; `null` where the two do not cut into common axes. */
function readThrough(chain: Chain, copied: number, { value, shape, strides }: Repetition): Chain | null {
  const source = joinAxes({ shape, strides: [strides] });
  const common = commonAxes(source.shape, chain.shape);
  const read = common && cutAxes(source.strides[0]!, source.shape, common);
  const cut = common && onAxes(chain, common);
  if (!read || !cut) return null;
  const links = cut.links.map((link) => ({
    ...link,
    operands: link.operands.map((operand) => (operand.value === copied ? { value, strides: read } : operand)),
  }));
  return { shape: cut.shape, links };
}
