import type { Tensor } from "../../../graph/tensor.ts";
import type { Constants } from "./constants.ts";
import type { Emitter } from "./emitter.ts";
import type { Numbers } from "./lengths.ts";
import { refuse } from "./refuse.ts";
import type { Site } from "./sites.ts";

/** What rows write with. */
export interface Writing {
  readonly emitter: Emitter;
  readonly constants: Constants;
  /** Values of the graph that are truth values, by those that are the same as numbers. */
  readonly truths: Map<string, string>;
  /** The results of recurrences, which several sites read. */
  readonly recurrences: Map<Site, readonly string[]>;
}

/** How a site becomes nodes. */
export interface Emission {
  /** What has to be there before. */
  readonly inputs: readonly Site[];
  /** Writes nodes over the names of the inputs, and returns the name of the result. */
  readonly write: (writing: Writing, ...names: string[]) => string;
}

/** One operation or function of atrous in ONNX's words; `null` where this row has none for this one. */
export type Row = (site: Site) => Emission | null;
export type Rows = Readonly<Record<string, Row>>;

/** A row over the inputs of the operation. */
export const over =
  (write: (site: Site) => Emission["write"]): Row =>
  (site) => ({ inputs: site.inputs, write: write(site) });

/** A row over the inputs of the function that the site is the result of. */
export const overLabel =
  (write: (site: Site) => Emission["write"]): Row =>
  (site) => ({ inputs: site.label!.inputs, write: write(site) });

export const lengthsOf = (site: Site, axis: number): Numbers => site.nodes.map(({ shape }) => shape.at(axis)!);

export const first = (site: Site): Tensor => site.nodes[0]!;

/** The one operation that a site is in every trace. */
export function opName(site: Site): string | undefined {
  const name = first(site).op?.name;
  return site.nodes.every(({ op }) => op?.name === name) ? name : undefined;
}

/** Whether something is said in the same words in every trace. */
export const alike = (said: readonly unknown[]): boolean => {
  const [first, ...others] = said.map((each) => JSON.stringify(each));
  return others.every((other) => other === first);
};

/** What an operation says of itself, which has to be the same in every trace; of `names` only, where those are given. */
export function settled<A>(site: Site, ...names: (keyof A)[]): A {
  const attributes = site.attributes as readonly A[];
  const said = attributes.map((each) => (names.length > 0 ? names.map((name) => each[name]) : each));
  if (!alike(said))
    refuse(
      `an option of "${site.name}" depends on the length (${JSON.stringify(said[0])} at one); dynamic: false fixes all lengths`,
    );
  return attributes[0]!;
}

/** A number that an attribute says, by trace. */
export const each = <A>(site: Site, read: (attributes: A, node: Tensor) => number): Numbers =>
  site.attributes.map((attributes, i) => read(attributes as A, site.nodes[i]!));
