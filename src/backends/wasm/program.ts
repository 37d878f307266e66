import { allocate, type DType, type TypedArray } from "../../core/dtype.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { runStep } from "../reference/step.ts";
import type { Code } from "./code.ts";
import type { Resident } from "./residents.ts";
import type { Space } from "./space.ts";

interface Exports {
  prepare(table: number): void;
  run(table: number): void;
  readonly [pack: `pack${number}`]: (target: number, source: number) => void;
}

/** What a fixed leaf has in memory, for one program. */
interface FixedLeaf {
  /** The serial number of the tensor that owns the numbers: a parameter, or the leaf itself. */
  owner: number;
  /** Its numbers as they are, if a step reads them so, and its packs. */
  residents: { readonly resident: Resident; readonly pack: number }[];
  /** The serial number of the node that `prepare` has seen. */
  seen: number;
  /** The node itself, until the program has run. */
  node: Tensor | null;
}

/** Code with memory: leaves are bound, then it runs, then its outputs are read. */
export class Program {
  readonly code: Code;
  readonly #space: Space;
  readonly #exports: Exports;
  readonly #table: number;
  readonly #kept: number;
  readonly #fixed: (FixedLeaf | null)[];
  #arenaGeneration = -1;
  #stale = true;
  #views: readonly TypedArray[] = [];
  #viewsOf = -1;

  constructor(code: Code, space: Space) {
    this.code = code;
    this.#space = space;
    const { heap } = space;
    const instance = new WebAssembly.Instance(code.module, {
      env: { memory: heap.memory, step: (step: number) => this.#byReference(step) },
    });
    this.#exports = instance.exports as unknown as Exports;
    this.#table = heap.allocate(4 * code.places.length);
    this.#kept = heap.allocate(code.keptBytes);
    space.freeWith(this, [this.#table, this.#kept]);
    const constants = code.places.at(-1) as { offset: number };
    for (const { data, offset } of code.constants) {
      const view = data instanceof Int32Array ? heap.int32 : heap.float32;
      view.set(data, (this.#kept + constants.offset + offset) >> 2);
    }
    this.#fixed = code.plan.leaves.map(({ fixed }) =>
      fixed ? { owner: -1, residents: [], seen: -1, node: null } : null,
    );
    this.#fillTable();
  }

  /** The address of a value, a pack, … : an entry of the table. */
  #address(entry: number): number {
    return this.#space.heap.int32[(this.#table >> 2) + entry]!;
  }

  #setAddress(entry: number, address: number): void {
    this.#space.heap.int32[(this.#table >> 2) + entry] = address;
  }

  #fillTable(): void {
    const { arena } = this.#space;
    this.code.places.forEach((place, entry) => {
      if (place.kind === "arena") this.#setAddress(entry, arena.address + place.offset);
      else if (place.kind === "kept") this.#setAddress(entry, this.#kept + place.offset);
    });
    this.#arenaGeneration = arena.generation;
    this.#viewsOf = -1;
  }

  /** Has the arena at hand. Comes after fixed leaves are bound, which pass through it, and before inputs are. */
  begin(): void {
    this.#space.arena.ensure(this.code.arenaBytes);
    if (this.#arenaGeneration !== this.#space.arena.generation) this.#fillTable();
  }

  /** Hands over the numbers of an input leaf. */
  bindInput(leaf: number, data: TypedArray): void {
    const { value } = this.code.plan.leaves[leaf]!;
    const place = this.code.places[value]!;
    if (place.kind !== "arena") return;
    const address = this.#address(value);
    if (data instanceof Float32Array) {
      // For single numbers, such as the factor of `x.mul(2)`, the call would cost ten times the copy.
      if (data.length === 1) this.#space.heap.float32[address >> 2] = data[0]!;
      else this.#space.heap.float32.set(data, address >> 2);
    } else this.#view(value).set(data as never);
  }

  /** Says where the numbers of a bound leaf are. */
  bindAddress(leaf: number, address: number): void {
    this.#setAddress(this.code.plan.leaves[leaf]!.value, address);
  }

  /** Where an output lies until the next run of any program. */
  outputAddress(output: number): number {
    return this.#address(this.code.plan.outputs[output]!);
  }

  /** Has the numbers of a fixed leaf in memory, where `owner` has its place, and its packs up to date. */
  bindFixed(leaf: number, node: Tensor, owner: Tensor): void {
    const fixed = this.#fixed[leaf]!;
    if (fixed.owner !== owner.serial) this.#adopt(leaf, fixed, owner);
    for (let i = 0; i < fixed.residents.length; i++) {
      const { resident, pack } = fixed.residents[i]!;
      if (resident.holds === node.serial) continue;
      if (pack < 0) this.#space.write(resident.address, node.value!);
      else this.#pack(pack, resident.address, node.value!);
      resident.holds = node.serial;
    }
    fixed.node = node;
    if (fixed.seen === node.serial) return;
    fixed.seen = node.serial;
    this.#stale = true;
  }

  /** Finds, or makes, what the owner of a leaf has in memory. */
  #adopt(leaf: number, fixed: FixedLeaf, owner: Tensor): void {
    const { plan, places, packs } = this.code;
    const { value } = plan.leaves[leaf]!;
    const { residents } = this.#space;
    fixed.residents = [];
    this.#viewsOf = -1;
    const adopt = (entry: number, layout: string, bytes: number, pack: number): void => {
      const resident = residents.of(owner, layout, bytes);
      this.#setAddress(entry, resident.address);
      fixed.residents.push({ resident, pack });
    };
    if (places[value]!.kind === "resident") adopt(value, "plain", this.#bytes(value), -1);
    packs.forEach((pack, i) => {
      if (pack.value === value) adopt(plan.values.length + i, pack.weights.layout, pack.weights.bytes, i);
    });
    fixed.owner = owner.serial;
  }

  /** Weights pass through the arena on their way into a packed order. */
  #pack(pack: number, target: number, data: TypedArray): void {
    const { arena } = this.#space;
    arena.ensure(data.byteLength + 64);
    this.#space.write(arena.address, data);
    this.#exports[`pack${pack}`]!(target, arena.address);
  }

  execute(): void {
    if (this.#stale && this.code.prepares) this.#exports.prepare(this.#table);
    this.#stale = false;
    this.#exports.run(this.#table);
  }

  /** Lets go of what was bound. */
  end(): void {
    for (let i = 0; i < this.#fixed.length; i++) if (this.#fixed[i]) this.#fixed[i]!.node = null;
  }

  /** A copy of an output. */
  read(output: number): TypedArray {
    return this.#output(output).slice();
  }

  /** Copies an output into an array of its size. */
  readInto(output: number, into: TypedArray): void {
    into.set(this.#output(output) as never);
  }

  /** An output where it lies. Views are made anew only when memory has grown or the arena has moved. */
  #output(output: number): TypedArray {
    const { heap } = this.#space;
    if (this.#viewsOf !== heap.generation) {
      this.#viewsOf = heap.generation;
      this.#views = this.code.plan.outputs.map((value) => this.#view(value));
    }
    return this.#views[output]!;
  }

  #bytes(value: number): number {
    const { dtype, size } = this.code.plan.values[value]!;
    return allocate(dtype, 1).BYTES_PER_ELEMENT * size;
  }

  #view(value: number): TypedArray {
    const { dtype, size } = this.code.plan.values[value]!;
    return viewOf(this.#space.heap.memory.buffer, dtype, this.#address(value), size);
  }

  #byReference(step: number): void {
    const { plan } = this.code;
    const { inputs, output } = plan.steps[step]!;
    // Of a parameter there may be no more in memory than its pack.
    const numbers = (input: number): TypedArray => {
      const leaf = plan.leaves.findIndex(({ value }) => value === input);
      return this.#fixed[leaf]?.node?.value ?? this.#view(input);
    };
    runStep(plan.steps[step]!, inputs.map(numbers), this.#view(output));
  }
}

function viewOf(buffer: ArrayBuffer, dtype: DType, address: number, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, address, size);
    case "float64":
      return new Float64Array(buffer, address, size);
    case "int32":
      return new Int32Array(buffer, address, size);
    case "int64":
      return new BigInt64Array(buffer, address, size);
  }
}
