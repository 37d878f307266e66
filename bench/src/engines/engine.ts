import type { Layer, Network, Shape } from "../network.ts";

/** Something that runs networks on one thread. */
export interface Engine {
  readonly name: string;
  /** The order of axes of its arrays by default: data goes in and comes out like that. */
  readonly layout: "NCL" | "NLC";
  /**
   * Brings a network into the engine's own form. What is returned makes it ready to run: a session, a plan, compiled code.
   *
   * @throws Unsupported, here or at the first run, when the engine lacks an operation
   */
  readonly prepare?: (network: Network, input: Shape) => () => Prepared | Promise<Prepared>;
  readonly train?: (layers: readonly Layer[], input: Shape, learningRate: number) => Trainer | Promise<Trainer>;
}

/** A network that is ready to run. */
export interface Prepared {
  /** A whole call: array in, array out, both copied. The result may be overwritten by the next call. */
  run(x: Float32Array): Float32Array | Promise<Float32Array>;
  /** The computation alone, on what the last `run` brought in; where an engine can tell. */
  runKernels?(): void;
  release(): void | Promise<void>;
}

/** Convolutions with ReLU between them that learn by gradient descent on the mean squared error. Data is in the engine's layout. */
export interface Trainer {
  /** Forward, backward, descent; the loss before it. */
  step(x: Float32Array, target: Float32Array): number | Promise<number>;
  /** Weight and bias of every layer in PyTorch's layouts, copied. */
  parameters(): Float32Array[] | Promise<Float32Array[]>;
  release(): void | Promise<void>;
}
