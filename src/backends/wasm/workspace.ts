import { topologicalOrder } from "../../graph/evaluate.ts";
import type { Tensor } from "../../graph/tensor.ts";
import type { KernelOutput, Workspace, WorkspaceKernel } from "../../graph/workspace.ts";
import { leavesOf } from "../../plan/leaves.ts";
import { makePlan } from "../../plan/makePlan.ts";
import { copyMemory, forRange, get, increase, ModuleBuilder } from "./assembler/index.ts";
import { compilePlan } from "./code.ts";
import { Program } from "./program.ts";
import type { Space } from "./space.ts";

/** Streams in the memory of the backend: kernels read histories where they lie. */
export class WasmWorkspace implements Workspace {
  readonly #space: Space;
  readonly #copyRows: CopyRows;

  constructor(space: Space) {
    this.#space = space;
    this.#copyRows = copyRowsIn(space);
  }

  get numbers(): Float32Array {
    return this.#space.heap.float32;
  }

  allocate(count: number, owner: object): number {
    const { heap } = this.#space;
    const address = heap.allocate(4 * count);
    this.#space.freeWith(owner, [address]);
    heap.float32.fill(0, address >> 2, (address >> 2) + count);
    return address >> 2;
  }

  release(owner: object): void {
    this.#space.release(owner);
  }

  compile(outputs: readonly KernelOutput[], inputs: readonly Tensor[]): WorkspaceKernel {
    const nodes = outputs.map(({ node }) => node);
    const order = topologicalOrder(nodes, (node) => node.value === null);
    const leaves = leavesOf(order);
    const places = inputs.map((input) => leaves.indexOf(input));
    const bound = places.filter((place) => place >= 0);
    const plan = makePlan(order, nodes, (leaf) => !inputs.includes(leaf));
    const program = new Program(compilePlan(plan, undefined, bound), this.#space);
    leaves.forEach((leaf, i) => {
      if (!inputs.includes(leaf)) program.bindFixed(i, leaf, leaf);
    });
    const rows = outputs.map((output) => output.rows);
    const pitches = outputs.map(({ pitch }) => 4 * pitch);
    const lengths = outputs.map((output) => (4 * output.node.size) / output.rows);
    const [starts, targets] = [new Int32Array(inputs.length), new Int32Array(outputs.length)];
    const copyRows = this.#copyRows;
    return {
      inputs: starts,
      targets,
      run: (skip, count) => {
        program.begin();
        for (let i = 0; i < places.length; i++) if (places[i]! >= 0) program.bindAddress(places[i]!, 4 * starts[i]!);
        program.execute();
        for (let i = 0; i < targets.length; i++)
          copyRows(4 * targets[i]!, pitches[i]!, program.outputAddress(i) + 4 * skip, lengths[i]!, rows[i]!, 4 * count);
      },
    };
  }
}

/** Copies `rows` rows of `bytes` bytes. */
type CopyRows = (to: number, toPitch: number, from: number, fromPitch: number, rows: number, bytes: number) => void;

const made = new WeakMap<Space, CopyRows>();

function copyRowsIn(space: Space): CopyRows {
  const known = made.get(space);
  if (known) return known;
  const module = new ModuleBuilder();
  const copy = module.function(
    { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"] },
    (f, to, toPitch, from, fromPitch, rows, bytes) => {
      const row = f.local("i32");
      return forRange(
        row,
        0,
        get(rows),
        1,
        copyMemory(get(to), get(from), get(bytes)),
        increase(to, get(toPitch)),
        increase(from, get(fromPitch)),
      );
    },
  );
  module.export("copyRows", copy);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes() as BufferSource), {
    env: { memory: space.heap.memory },
  });
  const { copyRows } = instance.exports as { copyRows: CopyRows };
  made.set(space, copyRows);
  return copyRows;
}
