/** Every instruction on scalars, run by the engine, against what JavaScript computes. */
import { describe, expect, test } from "vitest";
import {
  type Expression,
  f32,
  f64,
  get,
  i32,
  type Statement,
  type ValueType,
} from "../../../../src/backends/wasm/assembler/index.ts";
import { FLOATS, INTEGERS, machine, pairs } from "./machine.ts";

type Check = () => void;

const DOUBLES = [...FLOATS, 0.1, Math.PI, 1e300, 5e-324, -1e-310];
const values = { i32: INTEGERS, f32: FLOATS, f64: DOUBLES };
type Scalar = keyof typeof values;

/** An instruction of one operand of type `from` with a result of type `to`. */
const unary =
  (
    from: Scalar,
    to: ValueType,
    instruction: (a: Expression<never>) => Expression<ValueType>,
    specification: (a: number) => number,
  ): Check =>
  () => {
    const { run } = machine([from], to, (a) => [instruction(get(a) as Expression<never>)]);
    for (const a of values[from]) expect(run(a), `of ${a}`).toBe(specification(a));
  };

/** An instruction of two operands of type `from`; it traps where the specification gives `null`. */
const binary =
  (
    from: Scalar,
    to: ValueType,
    instruction: (a: Expression<never>, b: Expression<never>) => Expression<ValueType>,
    specification: (a: number, b: number) => number | null,
  ): Check =>
  () => {
    const { run } = machine([from, from], to, (a, b) => [
      instruction(get(a) as Expression<never>, get(b) as Expression<never>),
    ]);
    for (const [a, b] of pairs(values[from], values[from])) {
      const expected = specification(a, b);
      if (expected === null) expect(() => run(a, b), `of ${a}, ${b}`).toThrow(WebAssembly.RuntimeError);
      else expect(run(a, b), `of ${a}, ${b}`).toBe(expected);
    }
  };

const constant =
  (type: Scalar, instruction: (value: number) => Expression<ValueType>, cases: readonly number[]): Check =>
  () => {
    for (const value of cases) expect(machine([], type, () => [instruction(value)]).run()).toBe(value);
  };

const i32Binary = (
  instruction: (a: Expression<"i32">, b: Expression<"i32">) => Expression<"i32">,
  specification: (a: number, b: number) => number | null,
): Check => binary("i32", "i32", instruction, specification);

/** Offsets of one, two and three bytes in LEB128. */
const OFFSETS = [0, 4, 124, 128, 16380, 16384];

const load =
  (
    type: ValueType,
    instruction: (address: Expression<"i32">, offset?: number) => Expression<ValueType>,
    write: (memory: DataView, address: number) => void,
    expected: number,
  ): Check =>
  () => {
    for (const offset of OFFSETS) {
      const { memory, run } = machine(["i32"], type, (address) => [
        offset === 0 ? instruction(get(address)) : instruction(get(address), offset),
      ]);
      write(memory, 24 + offset);
      expect(run(24), `at offset ${offset}`).toBe(expected);
    }
  };

const store =
  (
    instruction: (address: Expression<"i32">, offset?: number) => Statement,
    bytes: number,
    read: (memory: DataView, address: number) => number,
    expected: number,
  ): Check =>
  () => {
    for (const offset of OFFSETS) {
      const { memory, run } = machine(["i32"], null, (address) =>
        offset === 0 ? instruction(get(address)) : instruction(get(address), offset),
      );
      for (let i = 0; i < memory.byteLength; i++) memory.setUint8(i, 0xee);
      run(24);
      expect(read(memory, 24 + offset), `at offset ${offset}`).toBe(expected);
      const written = new Uint8Array(memory.buffer).reduce((count, byte) => count + Number(byte !== 0xee), 0);
      expect(written, "bytes written").toBe(bytes);
    }
  };

const bit = (condition: boolean): number => Number(condition);
const bits = new DataView(new ArrayBuffer(8));
const floatBits = (value: number): number => {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
};
const fromBits = (value: number): number => {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
};
const MINIMUM = -0x80000000;

const i32Checks: Record<keyof typeof i32, Check> = {
  const: constant("i32", i32.const, [...INTEGERS, 63, 64, -64, -65, 8191, 8192, -8192, -8193, 1 << 20, -(1 << 20) - 1]),
  eqz: unary("i32", "i32", i32.eqz, (a) => bit(a === 0)),
  eq: i32Binary(i32.eq, (a, b) => bit(a === b)),
  ne: i32Binary(i32.ne, (a, b) => bit(a !== b)),
  ltS: i32Binary(i32.ltS, (a, b) => bit(a < b)),
  ltU: i32Binary(i32.ltU, (a, b) => bit(a >>> 0 < b >>> 0)),
  gtS: i32Binary(i32.gtS, (a, b) => bit(a > b)),
  gtU: i32Binary(i32.gtU, (a, b) => bit(a >>> 0 > b >>> 0)),
  leS: i32Binary(i32.leS, (a, b) => bit(a <= b)),
  leU: i32Binary(i32.leU, (a, b) => bit(a >>> 0 <= b >>> 0)),
  geS: i32Binary(i32.geS, (a, b) => bit(a >= b)),
  geU: i32Binary(i32.geU, (a, b) => bit(a >>> 0 >= b >>> 0)),
  add: i32Binary(i32.add, (a, b) => (a + b) | 0),
  sub: i32Binary(i32.sub, (a, b) => (a - b) | 0),
  mul: i32Binary(i32.mul, Math.imul),
  divS: i32Binary(i32.divS, (a, b) => (b === 0 || (a === MINIMUM && b === -1) ? null : (a / b) | 0)),
  divU: i32Binary(i32.divU, (a, b) => (b === 0 ? null : ((a >>> 0) / (b >>> 0)) | 0)),
  remS: i32Binary(i32.remS, (a, b) => (b === 0 ? null : (a % b) | 0)),
  remU: i32Binary(i32.remU, (a, b) => (b === 0 ? null : ((a >>> 0) % (b >>> 0)) | 0)),
  and: i32Binary(i32.and, (a, b) => a & b),
  or: i32Binary(i32.or, (a, b) => a | b),
  xor: i32Binary(i32.xor, (a, b) => a ^ b),
  shl: i32Binary(i32.shl, (a, b) => a << b),
  shrS: i32Binary(i32.shrS, (a, b) => a >> b),
  shrU: i32Binary(i32.shrU, (a, b) => (a >>> b) | 0),
  truncF32S: () => {
    const { run } = machine(["f32"], "i32", (a) => [i32.truncF32S(get(a))]);
    for (const a of FLOATS)
      if (a >= MINIMUM && a < 2 ** 31) expect(run(a), `of ${a}`).toBe(Math.trunc(a) | 0);
      else expect(() => run(a), `of ${a}`).toThrow(WebAssembly.RuntimeError);
  },
  reinterpretF32: unary("f32", "i32", i32.reinterpretF32, floatBits),
  load: load("i32", i32.load, (memory, address) => memory.setInt32(address, -123456789, true), -123456789),
  store: store(
    (address, offset) => i32.store(address, i32.const(-123456789), offset),
    4,
    (memory, address) => memory.getInt32(address, true),
    -123456789,
  ),
};

const f32Checks: Record<keyof typeof f32, Check> = {
  const: constant("f32", f32.const, FLOATS),
  eq: binary("f32", "i32", f32.eq, (a, b) => bit(a === b)),
  ne: binary("f32", "i32", f32.ne, (a, b) => bit(a !== b)),
  lt: binary("f32", "i32", f32.lt, (a, b) => bit(a < b)),
  gt: binary("f32", "i32", f32.gt, (a, b) => bit(a > b)),
  le: binary("f32", "i32", f32.le, (a, b) => bit(a <= b)),
  ge: binary("f32", "i32", f32.ge, (a, b) => bit(a >= b)),
  abs: unary("f32", "f32", f32.abs, Math.abs),
  neg: unary("f32", "f32", f32.neg, (a) => -a),
  sqrt: unary("f32", "f32", f32.sqrt, (a) => Math.fround(Math.sqrt(a))),
  add: binary("f32", "f32", f32.add, (a, b) => Math.fround(a + b)),
  sub: binary("f32", "f32", f32.sub, (a, b) => Math.fround(a - b)),
  mul: binary("f32", "f32", f32.mul, (a, b) => Math.fround(a * b)),
  div: binary("f32", "f32", f32.div, (a, b) => Math.fround(a / b)),
  min: binary("f32", "f32", f32.min, Math.min),
  max: binary("f32", "f32", f32.max, Math.max),
  convertI32S: unary("i32", "f32", f32.convertI32S, Math.fround),
  demoteF64: unary("f64", "f32", f32.demoteF64, Math.fround),
  reinterpretI32: unary("i32", "f32", f32.reinterpretI32, fromBits),
  load: load("f32", f32.load, (memory, address) => memory.setFloat32(address, -1.25e-38, true), Math.fround(-1.25e-38)),
  store: store(
    (address, offset) => f32.store(address, f32.const(-0.1), offset),
    4,
    (memory, address) => memory.getFloat32(address, true),
    Math.fround(-0.1),
  ),
};

const f64Checks: Record<keyof typeof f64, Check> = {
  const: constant("f64", f64.const, DOUBLES),
  eq: binary("f64", "i32", f64.eq, (a, b) => bit(a === b)),
  lt: binary("f64", "i32", f64.lt, (a, b) => bit(a < b)),
  gt: binary("f64", "i32", f64.gt, (a, b) => bit(a > b)),
  abs: unary("f64", "f64", f64.abs, Math.abs),
  neg: unary("f64", "f64", f64.neg, (a) => -a),
  sqrt: unary("f64", "f64", f64.sqrt, Math.sqrt),
  add: binary("f64", "f64", f64.add, (a, b) => a + b),
  sub: binary("f64", "f64", f64.sub, (a, b) => a - b),
  mul: binary("f64", "f64", f64.mul, (a, b) => a * b),
  div: binary("f64", "f64", f64.div, (a, b) => a / b),
  promoteF32: unary("f32", "f64", f64.promoteF32, (a) => a),
  load: load("f64", f64.load, (memory, address) => memory.setFloat64(address, Math.PI, true), Math.PI),
  store: store(
    (address, offset) => f64.store(address, f64.const(-Math.E), offset),
    8,
    (memory, address) => memory.getFloat64(address, true),
    -Math.E,
  ),
};

for (const [type, instructions, checks] of [
  ["i32", i32, i32Checks],
  ["f32", f32, f32Checks],
  ["f64", f64, f64Checks],
] as const)
  describe(type, () => {
    test("every instruction is tested", () =>
      expect(new Set(Object.keys(checks))).toEqual(new Set(Object.keys(instructions))));
    for (const [name, check] of Object.entries(checks)) test(name, check);
  });
