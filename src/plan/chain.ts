import type { Instruction, ScalarFunction } from "../core/kernels.ts";
import { sameShape } from "../core/shape.ts";
import { commonAxes, cutAxes, isInOrder, joinAxes } from "./axes.ts";
import type { MapAttributes } from "./plan.ts";

/** Elementwise functions that can be computed element by element, none of their results being seen outside but the last. */
export interface Chain {
  readonly shape: readonly number[];
  readonly links: readonly Link[];
}

/** One function, and the number of the array that it would make by itself. */
export interface Link {
  readonly fn: ScalarFunction;
  readonly operands: readonly Operand[];
  readonly output: number;
}

/** An array, and its strides in the shape of the chain. */
export interface Operand {
  readonly value: number;
  readonly strides: readonly number[];
}

/** The chain on other axes, if they cut its own; `null` if they do not. */
export function onAxes(chain: Chain, shape: readonly number[]): Chain | null {
  if (sameShape(chain.shape, shape)) return chain;
  const links: Link[] = [];
  for (const link of chain.links) {
    const operands: Operand[] = [];
    for (const { value, strides } of link.operands) {
      const cut = cutAxes(strides, chain.shape, shape);
      if (!cut) return null;
      operands.push({ value, strides: cut });
    }
    links.push({ ...link, operands });
  }
  return { shape, links };
}

/** The chain on the fewest axes. */
export function onFewestAxes(chain: Chain): Chain {
  const all = chain.links.flatMap((link) => link.operands);
  const { shape, strides } = joinAxes({ shape: chain.shape, strides: all.map((operand) => operand.strides) });
  let next = 0;
  const operands = (link: Link): Operand[] => link.operands.map(({ value }) => ({ value, strides: strides[next++]! }));
  return { shape, links: chain.links.map((link) => ({ ...link, operands: operands(link) })) };
}

/** Whether every reading of `value` steps through the elements of the chain in their order, one for one. */
export const readsInOrder = ({ shape, links }: Chain, value: number): boolean =>
  links.every(({ operands }) => operands.every((read) => read.value !== value || isInOrder(read.strides, shape)));

/** `first`, whose result the chain reads in order, as a part of it; `null` where the two do not cut into common axes. */
export function prepend(first: Chain, chain: Chain): Chain | null {
  return onCommonAxes(first, chain) ?? onCommonAxes(onFewestAxes(first), onFewestAxes(chain));
}

function onCommonAxes(first: Chain, chain: Chain): Chain | null {
  const shape = commonAxes(first.shape, chain.shape);
  const [before, after] = [shape && onAxes(first, shape), shape && onAxes(chain, shape)];
  return before && after && { shape: after.shape, links: [...before.links, ...after.links] };
}

/** What the chain reads from outside, each array once for each way of stepping through it. `leading` comes first, if it is read. */
export function operandsOf({ links }: Chain, leading?: number): Operand[] {
  const made = new Set(links.map((link) => link.output));
  const operands: Operand[] = [];
  for (const operand of links.flatMap((link) => link.operands))
    if (!made.has(operand.value) && !operands.some((known) => sameOperand(known, operand))) operands.push(operand);
  const rank = ({ value }: Operand): number => (value === leading ? 0 : 1);
  return operands.sort((a, b) => rank(a) - rank(b));
}

const sameOperand = (a: Operand, b: Operand): boolean =>
  a.value === b.value && a.strides.every((stride, axis) => stride === b.strides[axis]);

/** The chain in the numbers of a plan: what it reads, and the functions over it. */
export function bodyOf(chain: Chain, leading?: number): { inputs: number[]; attributes: MapAttributes } {
  const operands = operandsOf(chain, leading);
  const made = new Map(chain.links.map((link, i) => [link.output, operands.length + i]));
  const argument = (operand: Operand): number =>
    made.get(operand.value) ?? operands.findIndex((known) => sameOperand(known, operand));
  const body: Instruction[] = chain.links.map(({ fn, operands: read }) => ({ fn, arguments: read.map(argument) }));
  return {
    inputs: operands.map(({ value }) => value),
    attributes: { shape: chain.shape, strides: operands.map(({ strides }) => strides), body },
  };
}
