import type { Chain } from "./chain.ts";
import type { Definition, Lowered } from "./lower.ts";

/** Who reads an array: the results of the definitions that do, once for each reading. */
export type Readers = ReadonlyMap<number, readonly number[]>;

/** What a definition reads; of a chain, which is still a single function, what that one does. */
const inputsOf = ({ inputs, output }: Definition, chains: ReadonlyMap<number, Chain>): readonly number[] => {
  const chain = chains.get(output);
  return chain ? chain.links.flatMap((link) => link.operands.map(({ value }) => value)) : inputs;
};

/** What no output depends on is left out. */
export function neededOf(lowered: Lowered, chains: ReadonlyMap<number, Chain>): Lowered {
  const needed = new Set(lowered.outputs);
  const definitions: Definition[] = [];
  for (const definition of lowered.definitions.toReversed()) {
    if (!needed.has(definition.output)) continue;
    definitions.push(definition);
    for (const input of inputsOf(definition, chains)) needed.add(input);
  }
  return { ...lowered, definitions: definitions.reverse() };
}

export function readersOf({ definitions }: Lowered, chains: ReadonlyMap<number, Chain>): Readers {
  const readers = new Map<number, number[]>();
  for (const definition of definitions)
    for (const input of inputsOf(definition, chains)) {
      const known = readers.get(input);
      if (known) known.push(definition.output);
      else readers.set(input, [definition.output]);
    }
  return readers;
}
