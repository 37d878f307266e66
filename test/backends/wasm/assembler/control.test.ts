/** Every statement of the assembler, run by the engine. */
import { describe, expect, test } from "vitest";
import * as control from "../../../../src/backends/wasm/assembler/control.ts";
import {
  f32,
  f64,
  i32,
  i32x4,
  type Local,
  ModuleBuilder,
  type Statement,
  v128,
} from "../../../../src/backends/wasm/assembler/index.ts";
import { instantiate, machine } from "./machine.ts";

const { call, copyMemory, doWhile, fillMemory, forRange, get, ifThen, increase } = control;
const { leave, perform, select, set, tee, whileDo } = control;

type I = Local<"i32">;

/** A function of `n` with two variables. */
function counting(body: (n: I, a: I, b: I) => Statement): (n: number) => number {
  const module = new ModuleBuilder();
  module.export(
    "run",
    module.function({ parameters: ["i32"], result: "i32" }, (builder, n) =>
      body(n, builder.local("i32"), builder.local("i32")),
    ),
  );
  return instantiate(module).run;
}

const checks: Record<keyof typeof control, () => void> = {
  get: () => {
    const { run } = machine(["i32", "f32", "f64"], "f64", (_, b, c) => [f64.sub(get(c), f64.promoteF32(get(b)))]);
    expect(run(7, 0.5, 3)).toBe(2.5);
  },
  set: () => {
    const run = counting((n, a, b) => [set(b, get(n)), set(a, i32.const(5)), set(n, i32.const(9)), get(b)]);
    expect(run(42)).toBe(42);
    expect(counting((n, a) => [set(a, i32.const(5)), set(n, i32.const(9)), get(a)])(1)).toBe(5);
  },
  tee: () => {
    const run = counting((n, a) => [i32.mul(tee(a, i32.add(get(n), i32.const(1))), get(a))]);
    expect(run(6)).toBe(49);
  },
  increase: () => {
    expect(counting((n) => [increase(n, 1000), increase(n, -3), get(n)])(1)).toBe(998);
    expect(counting((n) => [increase(n, get(n)), get(n)])(21)).toBe(42);
  },
  call: () => {
    const module = new ModuleBuilder();
    const difference = module.function({ parameters: ["i32", "i32"], result: "i32" }, (_, a, b) => [
      i32.sub(get(a), get(b)),
    ]);
    module.export(
      "run",
      module.function({ parameters: ["i32"], result: "i32" }, (_, n) => [call(difference, get(n), i32.const(2))]),
    );
    expect(instantiate(module).run(10)).toBe(8);
    expect(() => call(difference, i32.const(1))).toThrow("function 0 takes 2 operands (i32,i32), got 1");
  },
  perform: () => {
    const module = new ModuleBuilder();
    const store = module.function({ parameters: ["i32", "f32"] }, (_, at, value) => f32.store(get(at), get(value)));
    module.export(
      "run",
      module.function({ parameters: ["i32"] }, (_, n) => [
        perform(store, get(n), f32.const(1.5)),
        perform(store, i32.add(get(n), i32.const(4)), f32.const(2.5)),
      ]),
    );
    const { run, memory } = instantiate(module);
    run(40);
    expect([36, 40, 44, 48].map((at) => memory.getFloat32(at, true))).toEqual([0, 1.5, 2.5, 0]);
    expect(() => perform(store)).toThrow("function 0 takes 2 operands (i32,f32), got 0");
  },
  select: () => {
    const { run } = machine(["i32"], "f32", (n) => [select(f32.const(1), f32.const(2), get(n))]);
    expect([0, 1, -1, 256].map((n) => run(n))).toEqual([2, 1, 1, 1]);
    const vectors = machine(["i32"], null, (n) =>
      v128.store(i32.const(64), select(i32x4.const(1), i32x4.const(2), get(n))),
    );
    vectors.run(0);
    expect(vectors.memory.getInt32(76, true)).toBe(2);
  },
  ifThen: () => {
    const alone = counting((n, a) => [ifThen(get(n), [set(a, i32.const(5))]), get(a)]);
    expect([0, 1, -1].map(alone)).toEqual([0, 5, 5]);
    const both = counting((n, a) => [ifThen(get(n), [set(a, i32.const(5))], [set(a, i32.const(6))]), get(a)]);
    expect([0, 1, -1].map(both)).toEqual([6, 5, 5]);
    const nested = counting((n, a) => [
      ifThen(
        i32.gtS(get(n), i32.const(0)),
        [ifThen(i32.gtS(get(n), i32.const(10)), [set(a, i32.const(2))], [set(a, i32.const(1))])],
        [ifThen(get(n), [set(a, i32.const(-1))])],
      ),
      get(a),
    ]);
    expect([11, 10, 1, 0, -1].map(nested)).toEqual([2, 1, 1, 0, -1]);
  },
  doWhile: () => {
    const run = counting((n, a) => [doWhile(i32.gtS(get(n), i32.const(0)), increase(a, 1), increase(n, -1)), get(a)]);
    expect([5, 1, 0, -3].map(run)).toEqual([5, 1, 1, 1]);
  },
  whileDo: () => {
    const run = counting((n, a) => [whileDo(i32.gtS(get(n), i32.const(0)), increase(a, 1), increase(n, -1)), get(a)]);
    expect([5, 1, 0, -3].map(run)).toEqual([5, 1, 0, 0]);
  },
  forRange: () => {
    const sum = (from: number, step: number) =>
      counting((n, i, total) => [
        forRange(i, i32.const(from), get(n), step, set(total, i32.add(i32.mul(get(total), i32.const(10)), get(i)))),
        get(total),
      ]);
    expect([0, 1, 4, -1].map(sum(0, 1))).toEqual([0, 0, 123, 0]);
    expect([3, 8, 9].map(sum(2, 3))).toEqual([2, 25, 258]);
    const untilItMoves = counting((n, i) => [
      forRange(i, i32.const(0), get(n), get(n), set(n, i32.sub(get(n), i32.const(1)))),
      get(i),
    ]);
    expect(untilItMoves(5)).toBe(4); // end and step are those of the moment: 0, then 4, which is not below 4
    const nested = counting((n, i, j) => [
      forRange(i, i32.const(0), i32.const(3), 1, forRange(j, i32.const(0), get(i), 1, increase(n, 1))),
      get(n),
    ]);
    expect(nested(100)).toBe(103);
  },
  leave: () => {
    const { run, memory } = machine(["i32"], null, (n) => [
      whileDo(i32.const(1), increase(n, 4), ifThen(i32.gtS(get(n), i32.const(100)), [leave])),
      i32.store(i32.const(0), i32.const(1)),
    ]);
    run(7);
    expect(memory.getInt32(0)).toBe(0);
  },
  copyMemory: () => {
    for (const [to, from] of [
      [32, 200],
      [204, 200],
      [196, 200],
    ] as const) {
      const { run, memory } = machine(["i32", "i32", "i32"], null, (a, b, c) => copyMemory(get(a), get(b), get(c)));
      const bytes = new Uint8Array(memory.buffer);
      for (let i = 0; i < 300; i++) bytes[i] = i;
      const expected = bytes.slice().copyWithin(to, from, from + 10);
      run(to, from, 10);
      expect(bytes).toEqual(expected);
    }
  },
  fillMemory: () => {
    const { run, memory } = machine(["i32", "i32", "i32"], null, (a, b, c) => fillMemory(get(a), get(b), get(c)));
    run(100, 0x1ab, 7);
    expect(new Uint8Array(memory.buffer)).toEqual(new Uint8Array(65536).fill(0xab, 100, 107));
  },
};

test("every statement is tested", () => expect(new Set(Object.keys(checks))).toEqual(new Set(Object.keys(control))));

test("a plain number is an i32, wherever a value is taken", () => {
  const module = new ModuleBuilder();
  const sum = module.function({ parameters: ["i32", "i32"], result: "i32" }, (_, a, b) => [i32.add(get(a), get(b))]);
  module.export(
    "run",
    module.function({ parameters: ["i32"], result: "i32" }, (builder, n) => {
      const [a, b] = builder.locals("i32", 2);
      return [
        i32.store(64, -70000, 4),
        fillMemory(128, 7, 1),
        copyMemory(132, 68, 4),
        forRange(a, 0, 3, 1, increase(b, 100)),
        ifThen(1, [set(n, i32.add(tee(n, 5), select(10, 20, 0)))]),
        i32.add(call(sum, get(b), get(n)), i32.add(i32.load(132), i32.load(128))),
      ];
    }),
  );
  expect(instantiate(module).run(0)).toBe(300 + 25 - 70000 + 7);
});

describe("statements", () => {
  for (const [name, check] of Object.entries(checks)) test(name, check);
});
