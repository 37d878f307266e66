import {
  type Expression,
  i32,
  type Local,
  ModuleBuilder,
  type Statement,
  type V128,
  type ValueType,
  v128,
} from "../../../../src/backends/wasm/assembler/index.ts";

/** A module as the engine sees it: what it exports, and its memory. */
export interface Machine {
  readonly memory: DataView<ArrayBuffer>;
  readonly run: (...parameters: number[]) => number;
}

export function instantiate(module: ModuleBuilder, imports: Record<string, CallableFunction> = {}): Machine {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const env = { memory, ...imports } as unknown as Record<string, WebAssembly.ImportValue>;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env });
  return { memory: new DataView(memory.buffer), run: exports.run as Machine["run"] };
}

type Locals<P extends readonly ValueType[]> = { [K in keyof P]: Local<P[K] & ValueType> };

/** A module with one exported function. */
export function machine<const P extends readonly ValueType[]>(
  parameters: P,
  result: ValueType | null,
  body: (...parameters: Locals<P>) => Statement,
): Machine {
  const module = new ModuleBuilder();
  const signature = result ? { parameters, result } : { parameters };
  module.export(
    "run",
    module.function(signature, (_, ...locals) => body(...(locals as unknown as Locals<P>))),
  );
  return instantiate(module);
}

/** The bytes of a vector: sixteen of them, in memory order. */
export type Bytes16 = Uint8Array<ArrayBuffer>;

export const lanes = {
  i8x16: (...values: number[]): Bytes16 => Uint8Array.from(values),
  i32x4: (...values: number[]): Bytes16 => new Uint8Array(Int32Array.from(values).buffer),
  f32x4: (...values: number[]): Bytes16 => new Uint8Array(Float32Array.from(values).buffer),
  f64x2: (...values: number[]): Bytes16 => new Uint8Array(Float64Array.from(values).buffer),
};

export const numbers = {
  i32x4: (bytes: Bytes16): number[] => Array.from(new Int32Array(bytes.buffer)),
  f32x4: (bytes: Bytes16): number[] => Array.from(new Float32Array(bytes.buffer)),
  f64x2: (bytes: Bytes16): number[] => Array.from(new Float64Array(bytes.buffer)),
};

/** Where vectors are handed over, and where the result is. */
const [OPERANDS, RESULT] = [256, 1024];

/** What an expression over vectors in memory leaves. */
export function vectorMachine(
  count: number,
  body: (operands: V128[], scalar: Local<"i32">) => V128,
): (operands: Bytes16[], scalar?: number) => Bytes16 {
  const { memory, run } = machine(["i32"], null, (scalar) =>
    v128.store(
      i32.const(RESULT),
      body(
        Array.from({ length: count }, (_, i) => v128.load(i32.const(OPERANDS + 16 * i))),
        scalar,
      ),
    ),
  );
  const bytes = new Uint8Array(memory.buffer);
  return (operands, scalar = 0) => {
    for (const [i, operand] of operands.entries()) bytes.set(operand, OPERANDS + 16 * i);
    run(scalar);
    return bytes.slice(RESULT, RESULT + 16);
  };
}

/** What an expression of a scalar over one vector leaves. */
export function scalarMachine(
  result: ValueType,
  body: (operand: V128) => Expression<ValueType>,
): (v: Bytes16) => number {
  const { memory, run } = machine([], result, () => [body(v128.load(i32.const(OPERANDS)))]);
  return (operand) => {
    new Uint8Array(memory.buffer).set(operand, OPERANDS);
    return run();
  };
}

/** Integers at the ends of their range, shift counts around 32, and a few between. */
export const INTEGERS = [0, 1, -1, 2, -2, 31, 32, 33, 12345, -98765, 0x55555555, 0x7fffffff, -0x80000000];
/** Numbers that float32 holds exactly, of every kind. */
export const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3.5,
  1e-45,
  -1e-45,
  2 ** -126,
  8388609,
  -16777215,
  2 ** 31,
  3.4028234663852886e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  0.1,
  -7.3,
].map(Math.fround);

/** All pairs. */
export const pairs = <A, B>(as: readonly A[], bs: readonly B[]): [A, B][] =>
  as.flatMap((a) => bs.map((b): [A, B] => [a, b]));
