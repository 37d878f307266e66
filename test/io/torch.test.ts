import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError, manualSeed, nn, OptionError, Tensor, tensor } from "atrous";
import { type Complex, fileDType, readTorch, type TorchValue, writeTorch } from "atrous/io";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "fixtures", "torch");
const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
const contents = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.jsonl`), "utf8"));
const dict = (value: TorchValue): Map<TorchValue, TorchValue> => value as Map<TorchValue, TorchValue>;

const hex = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
const bits = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
};

/**
 * A value in the words of make.py. Whether a number is an int or a float in Python is not to be seen here, so `like` says; and sets have
 * no order.
 */
function plain(value: TorchValue, like: unknown): unknown {
  const each = (items: Iterable<TorchValue>, kind: string) => {
    const known = (like as Record<string, unknown[]> | null)?.[kind] ?? [];
    return Array.from(items, (item, i) => plain(item, known[i]));
  };
  if (typeof value === "bigint") return { int: String(value) };
  if (typeof value === "number")
    return Object.hasOwn(like as object, "int") ? { int: String(value) } : { float: bits(value) };
  if (Array.isArray(value)) return { list: each(value, "list") };
  if (value instanceof Set) return { set: each([...value].sort(), "set") };
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (value instanceof Map) {
    const known = (like as { dict?: unknown[][] }).dict ?? [];
    const pairs = Array.from(value, ([key, item], i) => [plain(key, known[i]?.[0]), plain(item, known[i]?.[1])]);
    return { dict: pairs };
  }
  if (value instanceof Tensor) {
    const { dtype, shape } = value;
    return { tensor: fileDType(value), dtype, shape: [...shape], bytes: hex(value.dataSync()) };
  }
  if (typeof value !== "object" || value === null) return value;
  const { real, imag } = value as Complex;
  return { complex: [bits(real), bits(imag)] };
}

describe("files of PyTorch 1.13 and 2.13, to the last bit", () => {
  const variants = {
    state: ["", "-legacy", "-protocol4", "-legacy-protocol5"],
    views: ["", "-legacy"],
    dtypes: ["", "-legacy"],
    checkpoint: ["", "-legacy", "-protocol4", "-protocol5"],
    tensor: [""],
    modern: [""],
  };
  const files = Object.entries(variants).flatMap(([name, endings]) => endings.map((ending) => [name, name + ending]));

  test.each(files)("%s: %s.pt", (name, variant) => {
    const expected = contents(name!);
    expect(plain(readTorch(file(`${variant}.pt`)), expected)).toEqual(expected);
  });

  test("at any place in a larger buffer, aligned or not", () => {
    const bytes = file("dtypes.pt");
    for (const shift of [0, 1, 4]) {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      const expected = contents("dtypes");
      expect(plain(readTorch(shifted.subarray(shift)), expected)).toEqual(expected);
    }
  });

  test("a scripted module is nested maps of its attributes", () => {
    const state = dict(readTorch(file("scripted.pt")));
    const conv = dict(state.get("conv")!);
    const flat = new Map<TorchValue, TorchValue>([
      ["scale", state.get("scale")!],
      ["count", state.get("count")!],
      ["conv.weight", conv.get("weight")!],
      ["conv.bias", conv.get("bias")!],
    ]);
    const expected = contents("scripted") as { dict: unknown[][] };
    const byName = (a: unknown[], b: unknown[]) => ((a[0] as string) < (b[0] as string) ? -1 : 1);
    expected.dict.sort(byName);
    expect(plain(new Map([...flat].sort(byName)), expected)).toEqual(expected);
    expect([state.get("rate"), state.get("sizes"), state.get("training")]).toEqual([0.5, [2, 3], true]);
  });

  test("a state dict goes into a network", () => {
    const network = new nn.Sequential(
      new nn.Conv1d(2, 3, 4),
      new nn.BatchNorm1d(3),
      new nn.Sequential(new nn.ConvTranspose1d(3, 2, 4, { bias: false })),
    );
    const state = dict(readTorch(file("state.pt"))) as Map<string, Tensor>;
    network.loadStateDict(state);
    for (const [name, value] of network.stateDict()) expect(value.dataSync()).toEqual(state.get(name)!.dataSync());
  });
});

describe("memory", () => {
  test("float32 is a view of the file, and views of one storage share it", () => {
    const bytes = file("views.pt");
    const views = dict(readTorch(bytes)) as Map<string, Tensor>;
    const [base, row, half, window] = ["base", "row", "half", "half window"].map(
      (name) => views.get(name)!.node().value!,
    );
    expect(base!.buffer).toBe(bytes.buffer);
    expect(row!.buffer).toBe(bytes.buffer);
    expect(row!.byteOffset).toBe(base!.byteOffset + 48);
    expect(window!.buffer).toBe(half!.buffer);
    expect(window!.byteOffset).toBe(half!.byteOffset + 12);
  });

  test("what the file has once is one object", () => {
    const [first, second] = dict(readTorch(file("checkpoint.pt"))).get("twice") as TorchValue[];
    expect(first).toBe(second);
  });

  test("maxBytes counts what is converted or gathered, and nothing else", () => {
    expect(() => readTorch(file("state.pt"), { maxBytes: 0 })).not.toThrow();
    // transposed 24, sliced 6, expanded 6, permuted 24, half 12, half columns 12, channels last 24 float32; ones is a row.
    const needed = 4 * (24 + 6 + 6 + 24 + 12 + 12 + 24);
    expect(() => readTorch(file("views.pt"), { maxBytes: needed })).not.toThrow();
    expect(() => readTorch(file("views.pt"), { maxBytes: needed - 1 })).toThrow(
      new FormatError(
        `readTorch: the file unfolds to more than ${needed - 1} bytes, the limit; option maxBytes raises it`,
      ),
    );
  });

  test.each([-1, Number.NaN, "8"])("maxBytes %s is no number of bytes", (maxBytes) => {
    expect(() => readTorch(file("state.pt"), { maxBytes: maxBytes as number })).toThrow(OptionError);
  });
});

describe("writeTorch", () => {
  const numbers = {
    float32: fc.uint32Array({ maxLength: 24 }).map((words) => new Float32Array(words.buffer)),
    float64: fc.uint32Array({ maxLength: 24 }).map((words) => new Float64Array(words.slice(words.length % 2).buffer)),
    int32: fc.int32Array({ maxLength: 24 }),
    int64: fc.bigInt64Array({ maxLength: 24 }),
  };
  const anyTensor = fc.oneof(
    ...Object.values(numbers).map((array) =>
      fc.tuple(array, fc.boolean()).map(([data, flat]) => {
        const shape = flat || data.length % 2 ? [data.length] : [2, 1, data.length / 2];
        return tensor(data as Float32Array, { shape });
      }),
    ),
    fc.float().map((value) => tensor(value)),
  );
  const seen = (state: Iterable<readonly [unknown, unknown]>) =>
    Array.from(state, ([name, value]) => [name, plain(value as Tensor, null)]);

  test("any tensors under any names come back, to the last bit", () => {
    const names = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(names, anyTensor), { selector: ([name]) => name, maxLength: 5 }),
        (entries) => {
          const state = new Map(entries);
          expect(seen(dict(readTorch(writeTorch(state))))).toEqual(seen(state));
        },
      ),
    );
  });

  test("what was read is written as it was in its file, of any type that PyTorch 1 has", () => {
    const expected = contents("dtypes");
    const written = writeTorch(dict(readTorch(file("dtypes.pt"))) as Map<string, Tensor>);
    expect(plain(readTorch(written), expected)).toEqual(expected);
    expect(writeTorch(dict(readTorch(written)) as Map<string, Tensor>)).toEqual(written);
  });

  test("one tensor under two names is stored once", () => {
    const weight = tensor(new Float32Array(1000).fill(1));
    const bytes = writeTorch({ "encoder.weight": weight, "decoder.weight": weight });
    expect(bytes.length).toBeLessThan(6000);
    const state = dict(readTorch(bytes)) as Map<string, Tensor>;
    expect(state.get("decoder.weight")!.node().value).toEqual(weight.dataSync());
    expect(state.get("decoder.weight")!.node().value!.byteOffset).toBe(
      state.get("encoder.weight")!.node().value!.byteOffset,
    );
  });

  test("a module's state dict, through the file, into another module", () => {
    manualSeed(1);
    const make = () => new nn.Sequential(new nn.Conv1d(2, 3, 4), new nn.BatchNorm1d(3));
    const [a, b] = [make(), make()];
    b.loadStateDict(dict(readTorch(writeTorch(a.stateDict()))) as Map<string, Tensor>);
    expect(seen(b.stateDict())).toEqual(seen(a.stateDict()));
  });

  test("nothing at all is a file too", () => {
    expect(readTorch(writeTorch({}))).toEqual(new Map());
  });
});
