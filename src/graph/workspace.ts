import type { Backend } from "./backend.ts";
import { topologicalOrder } from "./evaluate.ts";
import type { Tensor } from "./tensor.ts";

/**
 * One memory of float32 numbers in which arrays are named by the index of their first number, and kernels that read and write it in
 * place: what streams keep their histories in.
 */
export interface Workspace {
  /** All numbers. Another array after `allocate` or `compile`, because memory may have grown: not to be kept. */
  readonly numbers: Float32Array;
  /** A place for `count` numbers, all zero, until `owner` is collected. */
  allocate(count: number, owner: object): number;
  /** Frees the places of an owner now; they must not be used any more. */
  release(owner: object): void;
  /**
   * Keeps what computes `outputs` from `inputs`, nodes without a value that are given by where they start. All other leaves are fixed.
   */
  compile(outputs: readonly KernelOutput[], inputs: readonly Tensor[]): WorkspaceKernel;
}

/** A result that is stored in rows: `node` has `rows` times the length of a row, and rows lie `pitch` numbers apart. */
export interface KernelOutput {
  readonly node: Tensor;
  readonly rows: number;
  readonly pitch: number;
}

export interface WorkspaceKernel {
  /** Where the inputs start; to be set before a run. */
  readonly inputs: Int32Array;
  /** Where the first stored number of each output goes; to be set before a run. */
  readonly targets: Int32Array;
  /** Computes, and stores of every row `count` numbers from `skip`. Allocates nothing on backends with a workspace of their own. */
  run(skip: number, count: number): void;
}

/** The workspace of a backend, or one over its `run` for a synchronous backend without. */
export const workspaceOf = (backend: Backend): Workspace => backend.workspace?.() ?? new PlainWorkspace(backend);

class PlainWorkspace implements Workspace {
  numbers = new Float32Array(0);
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  allocate(count: number): number {
    const start = this.numbers.length;
    const longer = new Float32Array(start + count);
    longer.set(this.numbers);
    this.numbers = longer;
    return start;
  }

  release(): void {
    this.numbers = new Float32Array(0);
  }

  compile(outputs: readonly KernelOutput[], inputs: readonly Tensor[]): WorkspaceKernel {
    const nodes = outputs.map(({ node }) => node);
    const order = topologicalOrder(nodes, (node) => node.value === null);
    const kernel: WorkspaceKernel = {
      inputs: new Int32Array(inputs.length),
      targets: new Int32Array(outputs.length),
      run: (skip, count) => {
        // An array that starts within a longer one reaches beyond its end in the last row, where nothing is read.
        inputs.forEach((input, i) => {
          input.value = this.numbers.subarray(kernel.inputs[i]!, kernel.inputs[i]! + input.size);
        });
        const values = this.#backend.run(order, nodes) as Float32Array[];
        for (const input of inputs) input.value = null;
        outputs.forEach(({ rows, pitch }, i) => {
          const length = values[i]!.length / rows;
          for (let row = 0; row < rows; row++)
            this.numbers.set(
              values[i]!.subarray(row * length + skip, row * length + skip + count),
              kernel.targets[i]! + row * pitch,
            );
        });
      },
    };
    return kernel;
  }
}
