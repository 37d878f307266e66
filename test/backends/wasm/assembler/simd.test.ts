/** Every instruction on vectors, run by the engine, against what JavaScript computes lane by lane. */
import { describe, expect, test } from "vitest";
import {
  type Expression,
  f32,
  f32x4,
  f64,
  f64x2,
  get,
  i8x16,
  i32,
  i32x4,
  type Statement,
  shuffle32,
  type V128,
  type ValueType,
  v128,
} from "../../../../src/backends/wasm/assembler/index.ts";
import {
  type Bytes16,
  FLOATS,
  INTEGERS,
  lanes,
  machine,
  numbers,
  pairs,
  scalarMachine,
  vectorMachine,
} from "./machine.ts";

type Check = () => void;
type Interpretation = keyof typeof numbers;

const DOUBLES = [...FLOATS, Math.PI, 1e300, 5e-324];
const values: Record<Interpretation, readonly number[]> = { i32x4: INTEGERS, f32x4: FLOATS, f64x2: DOUBLES };
const width = { i32x4: 4, f32x4: 4, f64x2: 2 };

/** Vectors whose lanes differ and which together hold all the values. */
const vectorsOf = (type: Interpretation): number[][] => {
  const all = values[type];
  return all.map((_, i) => Array.from({ length: width[type] }, (_, lane) => all[(i + 3 * lane) % all.length]!));
};

/** An instruction that works on each lane alone, read as `from` and giving `to`. */
const each =
  (
    from: Interpretation,
    to: Interpretation,
    instruction: (...operands: V128[]) => V128,
    specification: (...operands: number[]) => number,
  ): Check =>
  () => {
    const arity = instruction.length;
    const run = vectorMachine(arity, (operands) => instruction(...operands));
    const cases = arity === 1 ? vectorsOf(from).map((a) => [a]) : pairs(vectorsOf(from), vectorsOf(from));
    for (const operands of cases) {
      const result = numbers[to](run(operands.map((operand) => lanes[from](...operand))));
      const expected = operands[0]!.map((_, lane) => specification(...operands.map((operand) => operand[lane]!)));
      expect(result, `of ${operands.join(" and ")}`).toEqual(expected);
    }
  };

const mask = (condition: boolean): number => (condition ? -1 : 0);
const floats = (instruction: (...operands: V128[]) => V128, specification: (...operands: number[]) => number): Check =>
  each("f32x4", "f32x4", instruction, (...operands) => Math.fround(specification(...operands)));
const floatMask = (instruction: (a: V128, b: V128) => V128, specification: (a: number, b: number) => boolean): Check =>
  each("f32x4", "i32x4", instruction, (a, b) => mask(specification(a!, b!)));
const integers = (instruction: (a: V128, b: V128) => V128, specification: (a: number, b: number) => number): Check =>
  each("i32x4", "i32x4", instruction, (a, b) => specification(a!, b!));
const doubles = (instruction: (a: V128, b: V128) => V128, specification: (a: number, b: number) => number): Check =>
  each("f64x2", "f64x2", instruction, (a, b) => specification(a!, b!));

const shift =
  (
    instruction: (a: V128, count: Expression<"i32">) => V128,
    specification: (a: number, count: number) => number,
  ): Check =>
  () => {
    const run = vectorMachine(1, ([a], count) => instruction(a!, get(count)));
    for (const [a, count] of pairs(vectorsOf("i32x4"), [0, 1, 5, 31, 32, 33, -1]))
      expect(numbers.i32x4(run([lanes.i32x4(...a)], count))).toEqual(a.map((lane) => specification(lane, count)));
  };

const constant =
  (type: Interpretation, instruction: (...values: number[]) => V128): Check =>
  () => {
    for (const vector of vectorsOf(type)) {
      expect(numbers[type](vectorMachine(0, () => instruction(...vector))([]))).toEqual(vector);
      const one = numbers[type](vectorMachine(0, () => instruction(vector[0]!))([]));
      expect(one).toEqual(vector.map(() => vector[0]));
    }
  };

const extract =
  (
    type: Interpretation,
    scalar: "i32" | "f32" | "f64",
    instruction: (a: V128, lane: number) => Expression<ValueType>,
  ): Check =>
  () => {
    for (const vector of vectorsOf(type))
      vector.forEach((value, lane) => {
        expect(scalarMachine(scalar, (a) => instruction(a, lane))(lanes[type](...vector))).toBe(value);
      });
  };

const replace =
  (type: Interpretation, instruction: (a: V128, lane: number) => V128, value: number): Check =>
  () => {
    const vector = vectorsOf(type)[1]!;
    vector.forEach((_, lane) => {
      const result = vectorMachine(1, ([a]) => instruction(a!, lane))([lanes[type](...vector)]);
      expect(numbers[type](result)).toEqual(vector.with(lane, value));
    });
  };

const OFFSETS = [0, 4, 124, 128, 16384];
/** 32 different bytes at `address`. */
const sample = (memory: DataView, address: number): void => {
  for (let i = 0; i < 32; i++) memory.setUint8(address + i, 0x91 + 3 * i);
};
const sampled = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => 0x91 + 3 * (first + i));

/** Loads at an address that no vector is aligned to. `expected`: the sixteen bytes. */
const load =
  (instruction: (address: Expression<"i32">, offset?: number) => V128, expected: readonly number[]): Check =>
  () => {
    for (const offset of OFFSETS) {
      const { memory, run } = machine(["i32"], null, (address) =>
        v128.store(i32.const(8), offset === 0 ? instruction(get(address)) : instruction(get(address), offset)),
      );
      sample(memory, 68 + offset);
      run(68);
      expect(Array.from(new Uint8Array(memory.buffer, 8, 16)), `at offset ${offset}`).toEqual(expected);
    }
  };

/** Stores of a vector of the bytes 1 … 16. `expected`: the bytes that change. */
const store =
  (
    instruction: (address: Expression<"i32">, value: V128, offset?: number) => Statement,
    expected: readonly number[],
  ): Check =>
  () => {
    for (const offset of OFFSETS) {
      const value = v128.load(i32.const(8));
      const { memory, run } = machine(["i32"], null, (address) =>
        offset === 0 ? instruction(get(address), value) : instruction(get(address), value, offset),
      );
      for (let i = 0; i < 16; i++) memory.setUint8(8 + i, 1 + i);
      run(68);
      const [all, at] = [new Uint8Array(memory.buffer, 24), 68 + offset - 24];
      expect(Array.from(all.subarray(at, at + expected.length)), `at offset ${offset}`).toEqual(expected);
      expect(
        all.reduce((count, byte) => count + Number(byte !== 0), 0),
        "bytes written",
      ).toBe(expected.length);
    }
  };

const ONE_TO_SIXTEEN = Array.from({ length: 16 }, (_, i) => i + 1);
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** Every lane by itself: four checks. */
const byLane =
  (count: number, check: (lane: number) => Check): Check =>
  () => {
    for (let lane = 0; lane < count; lane++) check(lane)();
  };

const bitwise = (instruction: (...operands: V128[]) => V128, specification: (...operands: number[]) => number): Check =>
  each("i32x4", "i32x4", instruction, specification);

const v128Checks: Record<keyof typeof v128, Check> = {
  load: load(v128.load, sampled(0, 16)),
  load32Splat: load(
    v128.load32Splat,
    [0, 1, 2, 3].flatMap(() => sampled(0, 4)),
  ),
  load64Splat: load(
    v128.load64Splat,
    [0, 1].flatMap(() => sampled(0, 8)),
  ),
  load32Zero: load(v128.load32Zero, [...sampled(0, 4), ...zeros(12)]),
  load64Zero: load(v128.load64Zero, [...sampled(0, 8), ...zeros(8)]),
  store: store(v128.store, ONE_TO_SIXTEEN),
  load32Lane: byLane(4, (lane) =>
    load(
      (address, offset) => v128.load32Lane(address, i32x4.const(-1), lane, offset),
      new Array<number>(16).fill(255).toSpliced(4 * lane, 4, ...sampled(0, 4)),
    ),
  ),
  store32Lane: byLane(4, (lane) =>
    store(
      (address, value, offset) => v128.store32Lane(address, value, lane, offset),
      ONE_TO_SIXTEEN.slice(4 * lane, 4 * lane + 4),
    ),
  ),
  store64Lane: byLane(2, (lane) =>
    store(
      (address, value, offset) => v128.store64Lane(address, value, lane, offset),
      ONE_TO_SIXTEEN.slice(8 * lane, 8 * lane + 8),
    ),
  ),
  not: bitwise(
    (a) => v128.not(a),
    (a) => ~a!,
  ),
  and: bitwise(
    (a, b) => v128.and(a, b),
    (a, b) => a! & b!,
  ),
  andnot: bitwise(
    (a, b) => v128.andnot(a, b),
    (a, b) => a! & ~b!,
  ),
  or: bitwise(
    (a, b) => v128.or(a, b),
    (a, b) => a! | b!,
  ),
  xor: bitwise(
    (a, b) => v128.xor(a, b),
    (a, b) => a! ^ b!,
  ),
  bitselect: () => {
    const run = vectorMachine(3, ([a, b, mask]) => v128.bitselect(a!, b!, mask!));
    for (const [[a, b], mask] of pairs(pairs(vectorsOf("i32x4"), vectorsOf("i32x4")), vectorsOf("i32x4")))
      expect(numbers.i32x4(run([a, b, mask].map((vector) => lanes.i32x4(...vector))))).toEqual(
        a.map((bits, lane) => (bits & mask[lane]!) | (b[lane]! & ~mask[lane]!)),
      );
  },
  anyTrue: () => {
    const run = scalarMachine("i32", v128.anyTrue);
    expect(run(lanes.i32x4(0, 0, 0, 0))).toBe(0);
    for (let bit = 0; bit < 128; bit++) {
      const bytes = lanes.i32x4(0, 0, 0, 0);
      bytes[bit >> 3] = 1 << (bit & 7);
      expect(run(bytes), `bit ${bit}`).toBe(1);
    }
  },
};

const saturated = (a: number): number => Math.min(Math.max(Math.trunc(a || 0), -(2 ** 31)), 2 ** 31 - 1) | 0;

const i32x4Checks: Record<keyof typeof i32x4, Check> = {
  const: constant("i32x4", i32x4.const),
  splat: () => {
    for (const value of INTEGERS)
      expect(numbers.i32x4(vectorMachine(0, (_, a) => i32x4.splat(get(a)))([], value))).toEqual([
        value,
        value,
        value,
        value,
      ]);
  },
  extractLane: extract("i32x4", "i32", i32x4.extractLane),
  replaceLane: replace("i32x4", (a, lane) => i32x4.replaceLane(a, lane, i32.const(-77)), -77),
  eq: integers(
    (a, b) => i32x4.eq(a, b),
    (a, b) => mask(a === b),
  ),
  ne: integers(
    (a, b) => i32x4.ne(a, b),
    (a, b) => mask(a !== b),
  ),
  ltS: integers(
    (a, b) => i32x4.ltS(a, b),
    (a, b) => mask(a < b),
  ),
  gtS: integers(
    (a, b) => i32x4.gtS(a, b),
    (a, b) => mask(a > b),
  ),
  shl: shift(i32x4.shl, (a, count) => a << count),
  shrS: shift(i32x4.shrS, (a, count) => a >> count),
  shrU: shift(i32x4.shrU, (a, count) => (a >>> count) | 0),
  add: integers(
    (a, b) => i32x4.add(a, b),
    (a, b) => (a + b) | 0,
  ),
  sub: integers(
    (a, b) => i32x4.sub(a, b),
    (a, b) => (a - b) | 0,
  ),
  mul: integers((a, b) => i32x4.mul(a, b), Math.imul),
  minS: integers((a, b) => i32x4.minS(a, b), Math.min),
  maxS: integers((a, b) => i32x4.maxS(a, b), Math.max),
  truncSatF32x4S: each(
    "f32x4",
    "i32x4",
    (a) => i32x4.truncSatF32x4S(a!),
    (a) => saturated(a!),
  ),
};

/** To the nearest integer, ties to even; the sign stays. */
const nearest = (a: number): number => {
  const below = Math.floor(a);
  const odd = below % 2 !== 0;
  const up = a - below > 0.5 || (a - below === 0.5 && odd);
  return Object.is(a, -0) || (a < 0 && a >= -0.5) ? -0 : up ? below + 1 : below;
};

const f32x4Checks: Record<keyof typeof f32x4, Check> = {
  const: constant("f32x4", f32x4.const),
  splat: () => {
    for (const value of FLOATS)
      expect(numbers.f32x4(vectorMachine(0, () => f32x4.splat(f32.const(value)))([]))).toEqual([
        value,
        value,
        value,
        value,
      ]);
  },
  extractLane: extract("f32x4", "f32", f32x4.extractLane),
  replaceLane: replace("f32x4", (a, lane) => f32x4.replaceLane(a, lane, f32.const(-7.75)), -7.75),
  eq: floatMask(
    (a, b) => f32x4.eq(a, b),
    (a, b) => a === b,
  ),
  ne: floatMask(
    (a, b) => f32x4.ne(a, b),
    (a, b) => a !== b,
  ),
  lt: floatMask(
    (a, b) => f32x4.lt(a, b),
    (a, b) => a < b,
  ),
  gt: floatMask(
    (a, b) => f32x4.gt(a, b),
    (a, b) => a > b,
  ),
  le: floatMask(
    (a, b) => f32x4.le(a, b),
    (a, b) => a <= b,
  ),
  ge: floatMask(
    (a, b) => f32x4.ge(a, b),
    (a, b) => a >= b,
  ),
  ceil: floats(
    (a) => f32x4.ceil(a!),
    (a) => Math.ceil(a!),
  ),
  floor: floats(
    (a) => f32x4.floor(a!),
    (a) => Math.floor(a!),
  ),
  trunc: floats(
    (a) => f32x4.trunc(a!),
    (a) => Math.trunc(a!),
  ),
  nearest: floats(
    (a) => f32x4.nearest(a!),
    (a) => nearest(a!),
  ),
  abs: floats(
    (a) => f32x4.abs(a!),
    (a) => Math.abs(a!),
  ),
  neg: floats(
    (a) => f32x4.neg(a!),
    (a) => -a!,
  ),
  sqrt: floats(
    (a) => f32x4.sqrt(a!),
    (a) => Math.sqrt(a!),
  ),
  add: floats(
    (a, b) => f32x4.add(a, b),
    (a, b) => a! + b!,
  ),
  sub: floats(
    (a, b) => f32x4.sub(a, b),
    (a, b) => a! - b!,
  ),
  mul: floats(
    (a, b) => f32x4.mul(a, b),
    (a, b) => a! * b!,
  ),
  div: floats(
    (a, b) => f32x4.div(a, b),
    (a, b) => a! / b!,
  ),
  min: floats(
    (a, b) => f32x4.min(a, b),
    (a, b) => Math.min(a!, b!),
  ),
  max: floats(
    (a, b) => f32x4.max(a, b),
    (a, b) => Math.max(a!, b!),
  ),
  pmin: floats(
    (a, b) => f32x4.pmin(a, b),
    (a, b) => (b! < a! ? b! : a!),
  ),
  pmax: floats(
    (a, b) => f32x4.pmax(a, b),
    (a, b) => (a! < b! ? b! : a!),
  ),
  convertI32x4S: each(
    "i32x4",
    "f32x4",
    (a) => f32x4.convertI32x4S(a!),
    (a) => Math.fround(a!),
  ),
  demoteF64x2Zero: () => {
    const run = vectorMachine(1, ([a]) => f32x4.demoteF64x2Zero(a!));
    for (const vector of vectorsOf("f64x2"))
      expect(numbers.f32x4(run([lanes.f64x2(...vector)]))).toEqual([...vector.map(Math.fround), 0, 0]);
  },
};

const f64x2Checks: Record<keyof typeof f64x2, Check> = {
  const: constant("f64x2", f64x2.const),
  splat: () => {
    for (const value of DOUBLES)
      expect(numbers.f64x2(vectorMachine(0, () => f64x2.splat(f64.const(value)))([]))).toEqual([value, value]);
  },
  extractLane: extract("f64x2", "f64", f64x2.extractLane),
  add: doubles(
    (a, b) => f64x2.add(a, b),
    (a, b) => a + b,
  ),
  sub: doubles(
    (a, b) => f64x2.sub(a, b),
    (a, b) => a - b,
  ),
  mul: doubles(
    (a, b) => f64x2.mul(a, b),
    (a, b) => a * b,
  ),
  div: doubles(
    (a, b) => f64x2.div(a, b),
    (a, b) => a / b,
  ),
  promoteLowF32x4: () => {
    const run = vectorMachine(1, ([a]) => f64x2.promoteLowF32x4(a!));
    for (const vector of vectorsOf("f32x4"))
      expect(numbers.f64x2(run([lanes.f32x4(...vector)]))).toEqual(vector.slice(0, 2));
  },
};

const [LOW, HIGH]: Bytes16[] = [0, 16].map((first) => lanes.i8x16(...Array.from({ length: 16 }, (_, i) => first + i)));

const i8x16Checks: Record<keyof typeof i8x16, Check> = {
  shuffle: () => {
    for (const order of [
      Array.from({ length: 16 }, (_, i) => i),
      Array.from({ length: 16 }, (_, i) => 31 - i),
      Array.from({ length: 16 }, (_, i) => (7 * i + 5) % 32),
    ])
      expect(Array.from(vectorMachine(2, ([a, b]) => i8x16.shuffle(a!, b!, order))([LOW!, HIGH!]))).toEqual(order);
  },
};

for (const [type, instructions, checks] of [
  ["v128", v128, v128Checks],
  ["i32x4", i32x4, i32x4Checks],
  ["f32x4", f32x4, f32x4Checks],
  ["f64x2", f64x2, f64x2Checks],
  ["i8x16", i8x16, i8x16Checks],
] as const)
  describe(type, () => {
    test("every instruction is tested", () =>
      expect(new Set(Object.keys(checks))).toEqual(new Set(Object.keys(instructions))));
    for (const [name, check] of Object.entries(checks)) test(name, check);
  });

test("shuffle32 takes whole lanes", () => {
  for (const [a, b] of pairs([0, 3, 5, 7], [1, 2, 4, 6])) {
    const run = vectorMachine(2, ([low, high]) => shuffle32(low!, high!, [a, b, b, a]));
    expect(numbers.i32x4(run([lanes.i32x4(0, 1, 2, 3), lanes.i32x4(4, 5, 6, 7)]))).toEqual([a, b, b, a]);
  }
});
