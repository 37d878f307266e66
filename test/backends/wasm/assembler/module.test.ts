/** Modules: functions that call each other, imports, types, sizes beyond one byte. */
import { describe, expect, test } from "vitest";
import {
  call,
  type Expression,
  type FunctionReference,
  f32,
  f64,
  get,
  i32,
  i32x4,
  ModuleBuilder,
  perform,
  set,
  type ValueType,
  v128,
} from "../../../../src/backends/wasm/assembler/index.ts";
import { instantiate, machine } from "./machine.ts";

/** Where the sections of a module are: [first, end) by their number. */
function sections(bytes: Uint8Array): Map<number, readonly [number, number]> {
  const found = new Map<number, readonly [number, number]>();
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at++]!;
    let [size, shift] = [0, 0];
    for (let more = true; more; shift += 7) {
      const byte = bytes[at++]!;
      size += (byte & 0x7f) << shift;
      more = byte > 0x7f;
    }
    found.set(id, [at, at + size]);
    at += size;
  }
  return found;
}

describe("types", () => {
  const typesOf = (module: ModuleBuilder): number => {
    const bytes = module.bytes();
    return bytes[sections(bytes).get(1)![0]]!;
  };

  test("are listed once each", () => {
    const module = new ModuleBuilder();
    module.importFunction("log", { parameters: ["i32"] });
    for (let i = 0; i < 5; i++) {
      module.function({ parameters: ["i32"] }, () => []);
      module.function({ parameters: ["i32"], result: "i32" }, (_, n) => [get(n)]);
      module.function({ parameters: [], result: "f32" }, () => [f32.const(i)]);
    }
    expect(typesOf(module)).toBe(3);
  });

  test("differ in parameters, in their order, and in the result", () => {
    const module = new ModuleBuilder();
    const zero: Record<ValueType, Expression<ValueType>> = {
      i32: i32.const(0),
      f32: f32.const(0),
      f64: f64.const(0),
      v128: i32x4.const(0),
    };
    const types = Object.keys(zero) as ValueType[];
    for (const a of types) for (const b of types) module.function({ parameters: [a, b], result: a }, () => [zero[a]]);
    for (const a of types) module.function({ parameters: [a] }, () => []);
    module.function({ parameters: [] }, () => []);
    expect(typesOf(module)).toBe(21);
    expect(WebAssembly.validate(module.bytes())).toBe(true);
  });
});

describe("imports", () => {
  test("are called with their operands and give their result", () => {
    const module = new ModuleBuilder();
    const seen: number[][] = [];
    const log = module.importFunction("log", { parameters: ["i32", "f64"] });
    const scale = module.importFunction("scale", { parameters: ["f32"], result: "f32" });
    module.export(
      "run",
      module.function({ parameters: ["f32"], result: "f32" }, (_, x) => [
        perform(log, i32.const(-5), f64.promoteF32(get(x))),
        call(scale, get(x)),
      ]),
    );
    const { run } = instantiate(module, {
      log: (...values: number[]) => seen.push(values),
      scale: (x: number) => 3 * x,
    });
    expect(run(1.5)).toBe(4.5);
    expect(seen).toEqual([[-5, 1.5]]);
  });

  test("come before the first function", () => {
    const module = new ModuleBuilder();
    module.function({ parameters: [] }, () => []);
    expect(() => module.importFunction("late", { parameters: [] })).toThrow("import late before the first function");
  });
});

describe("functions", () => {
  test("a function may be written while another one is", () => {
    const module = new ModuleBuilder();
    const inner: FunctionReference<"i32">[] = [];
    const outer = module.function({ parameters: ["i32"], result: "i32" }, (builder, n) => {
      const kept = builder.local("i32");
      inner.push(module.function({ parameters: ["i32"], result: "i32" }, (_, m) => [i32.mul(get(m), get(m))]));
      return [set(kept, call(inner[0]!, get(n))), i32.add(get(kept), get(n))];
    });
    module.export("run", outer);
    expect([inner[0]!.index, outer.index]).toEqual([0, 1]);
    expect(instantiate(module).run(7)).toBe(56);
  });

  test("indices of functions and variables, and sizes, of two bytes", () => {
    const module = new ModuleBuilder();
    const functions = Array.from({ length: 300 }, (_, i) =>
      module.function({ parameters: [], result: "i32" }, () => [i32.const(i)]),
    );
    const run = module.function({ parameters: ["i32"], result: "i32" }, (builder, n) => {
      const variables = functions.map(() => builder.local("i32"));
      return [
        variables.map((variable, i) => set(variable, i32.add(call(functions[i]!), get(n)))),
        variables.map((variable) => get(variable)).reduce((a, b) => i32.add(a, b)),
      ];
    });
    module.export("run", run);
    expect(instantiate(module).run(1000)).toBe((299 * 300) / 2 + 300 * 1000);
  });

  test("variables of every type begin at 0 and keep apart", () => {
    const module = new ModuleBuilder();
    module.export(
      "run",
      module.function({ parameters: ["f32"], result: "f64" }, (builder, x) => {
        const [a, b] = [builder.local("i32"), builder.local("v128")];
        const [c, d] = [builder.local("f64"), builder.local("f32")];
        return [
          v128.store(i32.add(i32.const(64), get(a)), get(b)),
          set(c, f64.add(get(c), f64.promoteF32(get(x)))),
          set(d, f32.add(get(d), get(x))),
          f64.add(get(c), f64.promoteF32(get(d))),
        ];
      }),
    );
    expect(instantiate(module).run(1.25)).toBe(2.5);
  });

  test("several variables at once are variables of their own", () => {
    const module = new ModuleBuilder();
    module.export(
      "run",
      module.function({ parameters: ["i32"], result: "i32" }, (builder, n) => {
        const [first, ...others] = [builder.local("i32"), ...builder.locals("i32", 3)];
        return [
          set(first!, 1),
          others.map((variable, i) => set(variable, i32.mul(get(n), 10 ** (i + 1)))),
          others.reduce((sum, variable) => i32.add(sum, get(variable)), get(first!)),
        ];
      }),
    );
    expect(instantiate(module).run(2)).toBe(2221);
  });

  test("have names for profilers, in the order of their indices", () => {
    const module = new ModuleBuilder();
    const [a, b] = [0, 1].map((i) => module.function({ parameters: [], result: "i32" }, () => [i32.const(i)]));
    module.name(b!, "second");
    module.name(a!, "a");
    const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(module.bytes()), "name");
    const letters = (name: string): number[] => [name.length, ...Buffer.from(name)];
    // Subsection 1, its size, two entries: an index and a name each.
    expect([...new Uint8Array(section!)]).toEqual([1, 12, 2, 0, ...letters("a"), 1, ...letters("second")]);
  });

  test("the memory is the importer's", () => {
    const { run, memory } = machine([], "i32", () => [i32.load(i32.const(128))]);
    memory.setInt32(128, 77, true);
    expect(run()).toBe(77);
  });
});
