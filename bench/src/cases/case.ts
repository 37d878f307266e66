import type { Layer, Network, Shape } from "../network.ts";

/** One row of a table: a network, and the shape of what goes in. Layers are made when the case runs. */
export interface Case {
  readonly name: string;
  readonly group: string;
  readonly input: Shape;
  readonly network: () => Network;
  /** Measured without `compile` as well. */
  readonly eager?: true;
  /** Engines that take minutes for one call: not waited for. */
  readonly minutes?: readonly string[];
}

/** Convolutions that keep the length, ReLU between them; forward, backward and one step of gradient descent. */
export interface TrainingCase {
  readonly name: string;
  readonly input: Shape;
  readonly layers: () => readonly Layer[];
}
