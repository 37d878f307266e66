import type { TypedArray } from "../core/dtype.ts";
import { GraphError, OptionTypeError } from "../core/errors.ts";
import type { Tensor } from "./tensor.ts";
import type { Workspace } from "./workspace.ts";

/** Something that computes graphs. Where a graph runs is a choice at evaluation, never a property of data. */
export interface Backend {
  readonly name: string;
  /** Whether `run` gives values at once; without it `dataSync`, `item` and optimizer steps are refused. */
  readonly synchronous: boolean;
  /**
   * Computes the nodes of `order`, in which inputs come before the nodes that use them, and returns the values of `outputs`
   * (a part of `order`). A node that has a value already is taken as it is.
   */
  run(order: readonly Tensor[], outputs: readonly Tensor[]): TypedArray[] | Promise<TypedArray[]>;
  /**
   * Keeps what `run` would do for the nodes of `order`, of which `inputs` have no values yet. Leaves that belong to a parameter follow its
   * value. A backend without it is asked anew for every call.
   */
  compile?(order: readonly Tensor[], outputs: readonly Tensor[], inputs: readonly Tensor[]): Compiled;
  /** A memory that streams compute in. A backend without it is run on copies. */
  workspace?(): Workspace;
}

/** Computes the outputs for the numbers of the inputs, into arrays of the right sizes. */
export interface Compiled {
  (inputs: readonly TypedArray[], outputs: readonly TypedArray[]): void;
  /** Computes once more what was computed last, and copies nothing: what benchmarks time as the kernels alone. */
  again?(): void;
  /** What is computed and how, in terms of the backend: for `explain`. */
  details?(): unknown;
}

let current: Backend | null = null;

/** Chooses where graphs are computed from now on. */
export async function setBackend(backend: Backend | Promise<Backend>): Promise<void> {
  installBackend(await backend);
}

/** @internal As `setBackend`, at once. */
export function installBackend(backend: Backend): void {
  if (typeof backend?.run !== "function" || typeof backend.synchronous !== "boolean")
    throw new OptionTypeError("setBackend: expected a backend, such as reference()");
  current = backend;
}

export function getBackend(): Backend {
  if (!current) throw new GraphError('no backend is set; import "atrous", or call setBackend first');
  return current;
}
