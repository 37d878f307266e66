import { placeInArena } from "../../plan/arena.ts";
import type { Plan, Step } from "../../plan/plan.ts";
import {
  type FunctionReference,
  get,
  type I32,
  i32,
  ModuleBuilder,
  perform,
  type Statement,
} from "./assembler/index.ts";
import type { Emission, Operands } from "./emission.ts";
import type { Convolution } from "./kernels/convolution/index.ts";
import type { PackedWeights } from "./kernels/convolution/packedWeights.ts";
import { convolutionStep, lowerStep } from "./lower.ts";

/**
 * A plan as a WebAssembly module, and what it expects of the memory it runs in. Its functions find every array by a table of
 * addresses, so the same code serves any weights, and an arena that moves.
 *
 * Exports: `prepare(table)` computes what depends on fixed leaves alone, `run(table)` the rest, `packN(target, source)` brings the
 * weights of the pack of that number into the order in which kernels read them.
 */
export interface Code {
  readonly plan: Plan;
  readonly module: WebAssembly.Module;
  /** By step: what kind of loops a convolution runs; `null` for other kernels. */
  readonly convolutions: readonly (Convolution | null)[];
  readonly packs: readonly Pack[];
  /** The entries of the table: values, packs, scratch, constants. */
  readonly places: readonly Place[];
  /** Bytes of the arena, which only holds something while the code runs. */
  readonly arenaBytes: number;
  /** Bytes of what is kept from run to run: constants, and what `prepare` makes. */
  readonly keptBytes: number;
  readonly constants: readonly { readonly data: Int32Array | Float32Array; readonly offset: number }[];
  readonly prepares: boolean;
  /** Bytes of the module. */
  readonly codeBytes: number;
}

/** Packed weights of one value. */
interface Pack {
  readonly value: number;
  readonly weights: PackedWeights;
}

/**
 * Where an entry of the table points. `resident`: to a fixed leaf or a pack of it, shared by all that use it; `bound`: to where the
 * caller says; `none`: to nothing.
 */
export type Place =
  | { readonly kind: "arena" | "kept"; readonly offset: number }
  | { readonly kind: "resident" | "bound" | "none" };

const sizes = { float32: 4, float64: 8, int32: 4, int64: 8 };

/**
 * `gap`: bytes kept free behind every array in the arena; tests widen it to guard zones. `bound`: leaves, by their number, that have
 * a place outside the arena, told before every run.
 */
export function compilePlan(plan: Plan, gap = 16, bound: readonly number[] = []): Code {
  const { values, steps } = plan;
  const convolutions = steps.map((step) => convolutionStep(step, values[step.output]!.dtype));
  const packs: Pack[] = [];
  const packOf = convolutions.map((convolution, i) => {
    if (!convolution?.weights) return -1;
    const value = steps[i]!.inputs[1]!;
    const { layout } = convolution.weights;
    const known = packs.findIndex((pack) => pack.value === value && pack.weights.layout === layout);
    return known >= 0 ? known : packs.push({ value, weights: convolution.weights }) - 1;
  });

  const module = new ModuleBuilder();
  const byReference = module.importFunction("step", { parameters: ["i32"] });
  const functions = new Map<string, FunctionReference>();
  const constants: { data: Int32Array | Float32Array; offset: number }[] = [];
  const [scratchEntry, constantEntry] = [values.length + packs.length, values.length + packs.length + 1];
  const address = (entry: number): I32 => i32.load(get({ index: 0, type: "i32" }), 4 * entry);
  let [constantBytes, scratchBytes, used] = [0, 0, 0];
  const emission: Emission = {
    module,
    shared: (key, make) => {
      const known = functions.get(key);
      if (known) return known as ReturnType<typeof make>;
      const made = make();
      functions.set(key, made);
      module.name(made, key.split(/[[{]/)[0]!.trim());
      return made;
    },
    scratch: (bytes) => {
      const offset = used;
      used += Math.ceil((bytes + gap) / 64) * 64;
      scratchBytes = Math.max(scratchBytes, used);
      return offset === 0 ? address(scratchEntry) : i32.add(address(scratchEntry), offset);
    },
    constant: (data) => {
      const offset = constantBytes;
      constants.push({ data, offset });
      constantBytes += Math.ceil((data.byteLength + 16) / 64) * 64;
      return i32.add(address(constantEntry), offset);
    },
  };

  const leafValues = new Set(plan.leaves.map(({ value }) => value));
  /** Packs of fixed leaves are made when the leaf is bound; the others by the code itself, before their first use. */
  const isResident = (value: number): boolean => leafValues.has(value) && values[value]!.fixed;
  const packed = new Set<number>();
  const emitPack = (pack: number): Statement => {
    const { value, weights } = packs[pack]!;
    if (isResident(value) || packed.has(pack)) return [];
    packed.add(pack);
    return perform(weights.pack(emission), address(values.length + pack), address(value));
  };
  const emitStep = (step: Step, i: number): Statement => {
    used = 0;
    const operands: Operands = {
      inputs: step.inputs.map(address),
      out: address(step.output),
      inputTypes: step.inputs.map((input) => values[input]!.dtype),
      outType: values[step.output]!.dtype,
    };
    const pack = packOf[i]!;
    const weights = pack < 0 ? null : address(values.length + pack);
    const reference = perform(byReference, i);
    return [pack < 0 ? [] : emitPack(pack), lowerStep(emission, step, operands, convolutions[i]!, weights, reference)];
  };
  const isFixed = (step: Step): boolean => values[step.output]!.fixed;
  const prepare = steps.map((step, i) => (isFixed(step) ? emitStep(step, i) : []));
  // The packs of fixed values are made beside them, also where a step that is not fixed reads them.
  const fixedPacks = packs.map(({ value }, pack) => (values[value]!.fixed ? emitPack(pack) : []));
  const run = steps.map((step, i) => (isFixed(step) ? [] : emitStep(step, i)));
  packs.forEach(({ value, weights }, pack) => {
    if (isResident(value)) module.export(`pack${pack}`, weights.pack(emission));
  });
  module.export(
    "prepare",
    module.function({ parameters: ["i32"] }, () => [prepare, fixedPacks]),
  );
  module.export(
    "run",
    module.function({ parameters: ["i32"] }, () => run),
  );

  const boundValues = new Set(bound.map((leaf) => plan.leaves[leaf]!.value));
  const memory = layOut(plan, packs, packOf, isResident, boundValues, scratchBytes, constantBytes, gap);
  const bytes = module.bytes();
  return {
    plan,
    module: new WebAssembly.Module(bytes),
    codeBytes: bytes.length,
    convolutions,
    packs,
    constants,
    prepares: steps.some(isFixed),
    ...memory,
  };
}

/** Who lies where: values that are fixed, and their packs, are kept; the others share the arena while they live. */
function layOut(
  { values, leaves, steps, outputs }: Plan,
  packs: readonly Pack[],
  packOf: readonly number[],
  isResident: (value: number) => boolean,
  bound: ReadonlySet<number>,
  scratchBytes: number,
  constantBytes: number,
  gap: number,
): Pick<Code, "places" | "arenaBytes" | "keptBytes"> {
  const bytes = [
    ...values.map(({ dtype, size }) => sizes[dtype] * size),
    ...packs.map(({ weights }) => weights.bytes),
    scratchBytes,
    constantBytes,
  ];
  const end = steps.length;
  const first = new Array<number>(bytes.length).fill(-1);
  const last = new Array<number>(bytes.length).fill(-1);
  steps.forEach(({ inputs, output }, i) => {
    const pack = packOf[i]! < 0 ? [] : [values.length + packOf[i]!];
    first[output] = i;
    for (const entry of pack) if (first[entry]! < 0) first[entry] = i;
    // Of a fixed leaf that is packed, the kernel reads the pack alone.
    const read = inputs.filter((value, operand) => operand !== 1 || pack.length === 0 || !isResident(value));
    for (const entry of [...read, output, ...pack]) last[entry] = i;
  });
  for (const output of outputs) last[output] = end;
  const scratch = values.length + packs.length;
  last[scratch] = end;

  const kinds = bytes.map((_, entry): Place["kind"] => {
    if (entry === scratch) return "arena";
    if (entry > scratch) return "kept";
    const value = entry < values.length ? entry : packs[entry - values.length]!.value;
    if (isResident(value)) return "resident";
    if (bound.has(entry)) return "bound";
    return values[value]!.fixed ? "kept" : "arena";
  });
  for (const { value } of leaves) if (last[value]! < 0) kinds[value] = "none";
  const inArena = kinds.flatMap((kind, entry) => (kind === "arena" ? [entry] : []));
  const arena = placeInArena(
    inArena.map((entry) => ({ bytes: bytes[entry]!, first: first[entry]!, last: last[entry]! })),
    { gap },
  );
  const offsets = new Map(inArena.map((entry, i) => [entry, arena.offsets[i]!]));
  let keptBytes = 0;
  const places = kinds.map((kind, entry): Place => {
    if (kind === "arena") return { kind, offset: offsets.get(entry)! };
    if (kind !== "kept") return { kind };
    const offset = keptBytes;
    keptBytes += Math.ceil((bytes[entry]! + 16) / 64) * 64;
    return { kind, offset };
  });
  return { places, arenaBytes: arena.bytes, keptBytes };
}
