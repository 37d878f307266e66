import { countOf } from "../../../core/counting.ts";
import type { TypedArray } from "../../../core/dtype.ts";
import type { Shape } from "../../../core/shape.ts";
import { sameShape, showShape } from "../../../core/shape.ts";
import { evaluateSync } from "../../../graph/evaluate.ts";
import { makeLeaf, type Tensor } from "../../../graph/tensor.ts";
import { broadcastTo } from "../../../ops/shape/broadcast.ts";
import { slice } from "../../../ops/shape/slice.ts";
import { numbersOf } from "../../bytes/index.ts";
import type { Emitter } from "./emitter.ts";
import { isConstant, lengthsByAxis } from "./lengths.ts";
import { refuse } from "./refuse.ts";
import type { Site } from "./sites.ts";

/** What does not depend on the inputs: computed now, and written as initializers under the names of the network's parameters. */
export class Constants {
  readonly #emitter: Emitter;
  readonly #names: ReadonlyMap<Tensor, string>;
  readonly #written = new Map<string, string>();

  /** @param names those of parameters and buffers, by the nodes that hold their present values */
  constructor(emitter: Emitter, names: ReadonlyMap<Tensor, string>) {
    this.#emitter = emitter;
    this.#names = names;
  }

  /** The name of a constant site, read as another shape if one is given; `wished` for where it has none of its own. */
  write(site: Site, wished: string, shape?: Shape): string {
    return this.find(site, wished, shape) ?? refuse(varies(site));
  }

  /** As `write`; `null` for one that depends on the lengths of the inputs in a way that its numbers do not tell. */
  find(site: Site, wished: string, shape: Shape = site.nodes[0]!.shape): string | null {
    const [node] = site.nodes as [Tensor];
    const source = beforeReshapes(node);
    const key = `${source.serial} ${shape.join()}`;
    const known = this.#written.get(key);
    if (known !== undefined) return known;
    if (!sameEverywhere(site)) return this.#varying(site, wished);
    evaluateSync([source]);
    const value = numbersOf(source);
    const name =
      shape.length === 0 && !this.#names.has(source)
        ? this.#emitter.number(Number(value[0]), node.dtype)
        : this.#emitter.initializer(makeLeaf(value, shape, node.dtype), this.#names.get(source) ?? wished);
    this.#written.set(key, name);
    return name;
  }

  /** A constant that is another one at another length: one that is full of one number, that repeats itself, or that counts. */
  #varying(site: Site, wished: string): string | null {
    const { nodes } = site;
    evaluateSync(nodes);
    if (nodes.some(({ rank }) => rank !== nodes[0]!.rank)) return null;
    const what = `a constant of shape ${showShape(nodes[0]!.shape)}`;
    return this.#filled(site, what) ?? this.#repeated(nodes, what, wished) ?? this.#counting(nodes, what);
  }

  #filled({ nodes, name }: Site, what: string): string | null {
    const [node] = nodes as [Tensor];
    const filling = nodes.map((each) => fillingOf(numbersOf(each)));
    if (filling.includes(null)) return null;
    const numbers = filling as number[];
    // What is no length may follow from one by operations.
    if (name !== "" && !isConstant(numbers) && !numbers.every(Number.isInteger)) return null;
    const scalar = isConstant(numbers)
      ? this.#emitter.number(numbers[0]!, node.dtype)
      : this.#emitter.numberOf(numbers, node.dtype, what);
    if (node.rank === 0) return scalar;
    return this.#emitter.node("Expand", [scalar, this.#emitter.integersOf(lengthsByAxis(nodes), what)]);
  }

  /** The same all along each axis whose length differs, such as one state for every signal of a batch. */
  #repeated(nodes: readonly Tensor[], what: string, wished: string): string | null {
    const lengths = lengthsByAxis(nodes);
    const once = lengths.map((all) => (isConstant(all) ? all[0]! : 1));
    const [value, ...others] = nodes.map((each) => repeatedIn(each, once));
    if (!value || !others.every((other) => other && sameNumbers(value, other))) return null;
    const written = this.#emitter.initializer(makeLeaf(value, once, nodes[0]!.dtype), wished);
    return this.#emitter.node("Expand", [written, this.#emitter.integersOf(lengths, what)]);
  }

  /** `first + t · step` along the only axis that is longer than 1. */
  #counting(nodes: readonly Tensor[], what: string): string | null {
    const [node] = nodes as [Tensor];
    const axis = node.shape.findIndex((length) => length > 1);
    const count = nodes.every(({ shape, size }) => shape[axis] === size) ? countOf(nodes.map(numbersOf)) : null;
    if (!count) return null;
    const emitter = this.#emitter;
    const length = emitter.numberOf(
      nodes.map(({ size }) => size),
      node.dtype,
      what,
    );
    const places = emitter.node("Range", [emitter.number(0, node.dtype), length, emitter.number(1, node.dtype)]);
    const scaled = emitter.node("Mul", [places, emitter.number(count.step, node.dtype)]);
    const numbers = emitter.node("Add", [scaled, emitter.number(count.first, node.dtype)]);
    const shape = node.shape.map((_, i) => (i === axis ? -1 : 1));
    return node.rank === 1 ? numbers : emitter.node("Reshape", [numbers, emitter.integers(shape)]);
  }
}

/** What is wrong with a constant that is not found. */
export const varies = ({ nodes }: Site): string =>
  `a constant of shape ${showShape(nodes[0]!.shape)} depends on the lengths of the inputs in a way that is not understood; dynamic: false fixes all lengths`;

function beforeReshapes(node: Tensor): Tensor {
  let source = node;
  while (source.op?.name === "reshape" && source.value === null) source = source.inputs[0]!;
  return source;
}

/** The number of which an array is full; `null` if it has different ones. */
function fillingOf(value: TypedArray): number | null {
  const filling = Number(value[0] ?? 0);
  return value.every((number: number | bigint) => Object.is(Number(number), filling)) ? filling : null;
}

/** The numbers of shape `once` that, repeated, are those of a constant; `null` if there are none. */
function repeatedIn(node: Tensor, once: Shape): TypedArray | null {
  if (node.size === 0) return null;
  const part = once.reduce((x, length, axis) => slice(x, axis, 0, length), node);
  const whole = broadcastTo(part, node.shape);
  evaluateSync([part, whole]);
  return sameNumbers(numbersOf(node), numbersOf(whole)) ? numbersOf(part) : null;
}

/** Whether a constant is the same in every trace: by how it came about, which is quick, or by its numbers. */
function sameEverywhere(site: Site): boolean {
  const { nodes } = site;
  const [node, ...others] = nodes as [Tensor, ...Tensor[]];
  if (others.every((other) => sameOrigin(node, other))) return true;
  site.remember();
  if (!others.every(({ shape }) => sameShape(shape, node.shape))) return false;
  evaluateSync(nodes);
  return others.every((other) => sameNumbers(numbersOf(node), numbersOf(other)));
}

function sameOrigin(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (!sameShape(a.shape, b.shape) || a.dtype !== b.dtype) return false;
  if (a.op === null || b.op === null) return a.value !== null && b.value !== null && sameNumbers(a.value, b.value);
  return (
    a.op.name === b.op.name &&
    a.inputs.length === b.inputs.length &&
    JSON.stringify(a.attributes) === JSON.stringify(b.attributes) &&
    a.inputs.every((input, i) => sameOrigin(input, b.inputs[i]!))
  );
}

const sameNumbers = (a: TypedArray, b: TypedArray): boolean =>
  a === b || (a.length === b.length && a.every((number: number | bigint, i: number) => Object.is(number, b[i])));
