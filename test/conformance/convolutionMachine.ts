import { type FunctionReference, i32, ModuleBuilder } from "../../src/backends/wasm/assembler/index.ts";
import type { Emission } from "../../src/backends/wasm/emission.ts";
import type { Convolution } from "../../src/backends/wasm/kernels/convolution/index.ts";

/** What of a convolution kernel can be run: how its weights are packed, and its function. */
export type Candidate = Pick<Convolution, "weights" | "emit">;

/** Elements of the two operands and of the result. */
export interface Sizes {
  readonly first: number;
  readonly second: number;
  readonly out: number;
}

export interface Machine {
  /**
   * Runs candidate number `i` in memory that is full of a pattern beside its operands, also where it writes. Gives its result;
   * `flag` is the first word of flagged weights, which say that the kernel must not be used.
   *
   * @throws Error where packing changes a byte that is not of the pack, or the kernel one that is neither of `out` nor of its scratch
   */
  run(i: number, first: Float32Array, second: Float32Array): { readonly out: Float32Array; readonly flag: number };
}

/** Unlikely to be written by accident, and telling when computed with: NaNs of both kinds, −∞, a large number, tiny ones. */
const PATTERN = [0x7fc0abcd, 0xffa12345, 0xff800000, 0x7e7fffff, 0x00000123, 0xbf9d70a4, 0x7f812345];
const GUARD = 256;
const PAGE = 65536;

const align = (address: number): number => Math.ceil(address / 64) * 64;

interface Emitted {
  readonly pack: ((target: number, source: number) => void) | null;
  readonly run: (first: number, second: number, out: number, scratch: number) => void;
  readonly packBytes: number;
  readonly scratchBytes: number;
}

/**
 * Candidates for one geometry in one module. The second operand lies where memory starts and the first one where it ends, 16 bytes
 * before, which may be read: whoever reads further traps.
 */
export function convolutionMachine(candidates: readonly Candidate[], sizes: Sizes): Machine {
  const module = new ModuleBuilder();
  const shared = new Map<string, unknown>();
  const emission: Emission = {
    module,
    shared: (key, make) => {
      if (!shared.has(key)) shared.set(key, make());
      return shared.get(key) as ReturnType<typeof make>;
    },
    scratch: () => {
      throw new Error("convolutionMachine: a convolution says how much scratch memory it needs, and asks for none");
    },
    constant: () => i32.const(0),
  };
  const scratchBytes = candidates.map(({ weights, emit }, i) => {
    const { run, scratch } = emit(emission);
    module.export(`run${i}`, run);
    if (weights) module.export(`pack${i}`, weights.pack(emission) as FunctionReference<null>);
    return scratch;
  });

  const most = (bytes: readonly number[]): number => Math.max(0, ...bytes);
  const packBytes = candidates.map(({ weights }) => weights?.bytes ?? 0);
  const secondAt = 0;
  const packAt = align(4 * sizes.second + GUARD);
  const outAt = align(packAt + most(packBytes) + GUARD);
  const scratchAt = align(outAt + 4 * sizes.out + GUARD);
  const needed = align(scratchAt + most(scratchBytes) + GUARD) + align(4 * sizes.first + 16);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(needed / PAGE) });
  const firstAt = memory.buffer.byteLength - align(4 * sizes.first + 16);
  const bytes = new Uint8Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  const guard = new Int32Array(bytes.length / 4);
  for (let i = 0; i < guard.length; i++) guard[i] = PATTERN[i % PATTERN.length]!;
  const untouched = new Uint8Array(guard.buffer);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } });
  const emitted = candidates.map(
    (_, i): Emitted => ({
      pack: (exports[`pack${i}`] as Emitted["pack"]) ?? null,
      run: exports[`run${i}`] as Emitted["run"],
      packBytes: packBytes[i]!,
      scratchBytes: scratchBytes[i]!,
    }),
  );

  /** What memory must still be, except in `writable`. */
  const expected = new Uint8Array(bytes.length);
  const expectUnchanged = (what: string, writable: readonly (readonly [number, number])[]): void => {
    for (const [address, length] of writable) expected.set(bytes.subarray(address, address + length), address);
    if (Buffer.compare(expected, bytes) === 0) return;
    const at = expected.findIndex((byte, i) => byte !== bytes[i]);
    const places = { secondAt, packAt, outAt, scratchAt, firstAt };
    throw new Error(`${what} has changed byte ${at}; ${JSON.stringify({ ...places, ...sizes, writable })}`);
  };

  return {
    run(i, first, second) {
      const { pack, run, packBytes, scratchBytes } = emitted[i]!;
      bytes.set(untouched);
      floats.set(second, secondAt >> 2);
      floats.set(first, firstAt >> 2);
      expected.set(bytes);
      if (pack) {
        pack(packAt, secondAt);
        expectUnchanged("packing", [[packAt, packBytes]]);
      }
      const flag = candidates[i]!.weights?.flagged ? new Int32Array(memory.buffer)[packAt >> 2]! : 0;
      run(firstAt, pack ? packAt : secondAt, outAt, scratchAt);
      expectUnchanged("the kernel", [
        [outAt, 4 * sizes.out],
        [scratchAt, scratchBytes],
      ]);
      return { out: floats.slice(outAt >> 2, (outAt >> 2) + sizes.out), flag };
    },
  };
}
