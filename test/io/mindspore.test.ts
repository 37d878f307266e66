import { FormatError, manualSeed, nn, OptionError, OptionTypeError, type Tensor, tensor, zeros } from "atrous";
import { fileDType, readMindSpore, readSafetensors, writeMindSpore, writeSafetensors } from "atrous/io";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeCheckpoint } from "../../src/io/mindspore/checkpoint.ts";
import expected from "./fixtures/mindspore/checkpoints.json" with { type: "json" };
import { bitsOf, field, fixture, join, survives, varint } from "./wire.ts";

const plain = (tensors: ReadonlyMap<string, Tensor>) =>
  Array.from(tensors, ([name, value]) => ({ name, ...bitsOf(value) }));

/** Names and shapes as they are in the file, which is a checkpoint's with nothing translated. */
const inFile = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);

describe("files of MindSpore", () => {
  test.each(["network", "network_crc", "network_sliced"])("%s: PyTorch's names, shapes, and every bit", (name) => {
    expect(plain(readMindSpore(fixture(`mindspore/${name}.ckpt`)))).toEqual(expected.network);
  });

  test("every element type, scalars of both kinds, an empty tensor", () => {
    const read = readMindSpore(fixture("mindspore/types.ckpt"));
    expect(plain(read)).toEqual(expected.types);
    for (const [name, value] of read) if (/\d$/.test(name)) expect(fileDType(value)).toBe(name.toLowerCase());
    expect(plain(readMindSpore(writeMindSpore(read)))).toEqual(expected.types);
  });

  test("what is read is written byte for byte, but for the strings", () => {
    const bytes = fixture("mindspore/network.ckpt");
    const again = writeMindSpore(readMindSpore(bytes));
    expect(again).toEqual(bytes.subarray(0, again.length));
    expect(inFile(bytes.subarray(again.length))).toContain("description");
    const crc = writeMindSpore(readMindSpore(bytes), { crc: true });
    expect(crc.subarray(0, -17)).toEqual(again);
    expect(readMindSpore(crc).size).toBe(expected.network.length);
  });

  test("safetensors", () => {
    const file = writeSafetensors(
      new Map<string, Tensor>([
        ["bn.beta", zeros([2])],
        ["bn.gamma", zeros([2])],
        ["conv.weight", tensor([[[[1, 2]]]])],
      ]),
      { metadata: { format: "ms" } },
    );
    const shapes = Array.from(readMindSpore(file), ([name, { shape }]) => [name, shape]);
    expect(shapes).toEqual([["bn.bias", [2]], ["bn.weight", [2]], ["conv.weight", [1, 1, 2]]]); // biome-ignore format: one line
    expect(readMindSpore(file).get("conv.weight")!.toArray()).toEqual([[[1, 2]]]);
  });
});

describe("files for MindSpore", () => {
  const network = () =>
    new nn.Sequential(new nn.Conv1d(2, 3, 4), new nn.BatchNorm1d(3), new nn.GroupNorm(1, 3), new nn.PReLU());

  test("a state dict gets MindSpore's names and shapes, and comes back", () => {
    manualSeed(1);
    const [a, b] = [network(), network()];
    const bytes = writeMindSpore(a.stateDict());
    b.loadStateDict(readMindSpore(bytes));
    expect(plain(b.stateDict())).toEqual(plain(a.stateDict()));
    const names = inFile(bytes).match(/\d\.[a-z_]+/g);
    expect(names).toEqual([
      ...["0.weight", "0.bias", "1.gamma", "1.beta", "1.moving_mean", "1.moving_variance", "1.num_batches_tracked"],
      ...["2.gamma", "2.beta", "3.weight"],
    ]);
    const dims = join(...[3, 2, 1, 4].map((length) => field(1, length)), field(2, "Float32"));
    expect(inFile(bytes)).toContain(inFile(dims));
  });

  test("layers of mint have PyTorch's names and shapes", () => {
    const state = network().stateDict();
    const bytes = writeMindSpore(state, { layers: "mint" });
    expect(inFile(bytes)).not.toMatch(/gamma|moving/);
    expect(inFile(bytes)).not.toContain(inFile(join(...[3, 2, 1, 4].map((length) => field(1, length)))));
    expect(plain(readMindSpore(bytes))).toEqual(plain(state));
  });

  test("any names and shapes come back as they were", () => {
    const leaf = fc.constantFrom(
      ...["weight", "bias", "running_mean", "running_var", "gamma", "beta", "moving_mean", "moving_variance"],
      ...["num_batches_tracked", "x_weight", "__proto__", ""],
    );
    const name = fc.tuple(fc.constantFrom("", "a.", "a.b.", "moments."), leaf).map(([a, b]) => a + b);
    const shape = fc.constantFrom([], [0], [1], [2], [2, 1], [2, 1, 3], [2, 1, 1, 3], [2, 1, 2, 1], [0, 1, 1, 1]);
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, shape), { selector: ([key]) => key, minLength: 1, maxLength: 16 }),
        fc.constantFrom<"nn" | "mint">("nn", "mint"),
        fc.boolean(),
        (entries, layers, crc) => {
          const tensors = new Map(entries.map(([key, dims]) => [key, zeros(dims)]));
          expect(plain(readMindSpore(writeMindSpore(tensors, { layers, crc })))).toEqual(plain(tensors));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("element types of the files that tensors came from; float8 becomes float32", () => {
    const header = '{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]},"e":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[2,3]}}'; // biome-ignore format: one line
    const file = join([header.length, 0, 0, 0, 0, 0, 0, 0], new TextEncoder().encode(header), [0, 0x3c, 0x3c]);
    const read = readMindSpore(writeMindSpore(readSafetensors(file)));
    expect(Array.from(read, ([name, value]) => [name, fileDType(value), value.toArray()])).toEqual([
      ["h", "float16", [1]],
      ["e", "float32", [1]],
    ]);
  });

  test("a tensor called as MindSpore calls the state of random operations", () => {
    for (const layers of ["nn", "mint"] as const) {
      const read = readMindSpore(writeMindSpore({ random_op: tensor([1, 2]), x: tensor([3]) }, { layers }));
      expect(Array.from(read, ([name, value]) => [name, value.toArray()])).toEqual([
        ["random_op", [1, 2]],
        ["x", [3]],
      ]);
    }
  });

  test("large parameters are cut into slices", () => {
    const parts = [Uint8Array.from({ length: 20 }, (_, i) => i)];
    const value = { tag: "w", dims: [5], type: "float32", parts, kept: { name: false, shape: false } } as const;
    const whole = encodeCheckpoint([value], 0);
    const sliced = encodeCheckpoint([value], 0, 8);
    expect(inFile(sliced).match(/Float32/g)).toHaveLength(3);
    expect(plain(readMindSpore(sliced))).toEqual(plain(readMindSpore(whole)));
  });

  test("what cannot be written", () => {
    expect(() => writeMindSpore([] as never)).toThrow(OptionTypeError);
    expect(() => writeMindSpore({}, { layers: "torch" as never })).toThrow(
      new OptionError('writeMindSpore: layers must be "nn" or "mint", got "torch"'),
    );
    expect(() => writeMindSpore({}, { crc: 1 as never })).toThrow(OptionTypeError);
    expect(() => writeMindSpore({}, { CRC: true } as never)).toThrow('did you mean "crc"?');
  });
});

describe("hostile files", () => {
  const parameter = (tag: string, type: string, dims: readonly (number | bigint)[], content: Uint8Array) =>
    field(1, join(field(1, tag), field(2, join(...dims.map((n) => field(1, n)), field(2, type), field(3, content)))));
  const four = new Uint8Array(4);
  const w = parameter("w", "Float32", [1], four);
  const trailer = (...number: readonly number[]) => join(new TextEncoder().encode("crc_num"), number);

  test.each<[string, Uint8Array, string]>([
    ["empty", new Uint8Array(), "the file is empty"],
    ["encrypted", Uint8Array.of(0xd8, 0x5e, 0x3a, 0x7f), "they may be encrypted: save it again without enc_key"],
    ["no tag", field(1, field(2, new Uint8Array())), "a value has no tag"],
    [
      "a map parameter",
      field(1, join(field(1, "m"), field(3, four))),
      'parameter "m": it is no tensor; map parameters',
    ],
    [
      "a type unheard of",
      parameter("w", "Int4", [1], four),
      'parameter "w": elements of type "Int4" are not read here',
    ],
    ["a type of Object", parameter("w", "constructor", [1], four), 'elements of type "constructor"'],
    ["no type", field(1, join(field(1, "w"), field(2, new Uint8Array()))), 'elements of type ""'],
    [
      "more declared than there",
      parameter("w", "Float32", [2], four),
      "shape [2] of float32 takes 8 bytes, but there are 4",
    ],
    ["less declared than there", parameter("w", "Int8", [2], four), "shape [2] of int8 takes 2 bytes, but there are 4"],
    ["a shape too large", parameter("w", "Float32", [2 ** 40, 2 ** 40], four), "more elements than can be counted"],
    ["a negative length", parameter("w", "Float32", [-1], four), "something else than non-negative integers"],
    ["an unsafe length", parameter("w", "Float32", [2n ** 60n], four), "something else than non-negative integers"],
    ["a thousand axes", parameter("w", "Float32", Array(1000).fill(1), four), "it has more than 64 axes"],
    ["the same twice", join(w, w), "shape [1] of float32 takes 4 bytes, but there are 8"],
    ["the same again", join(w, parameter("v", "Float32", [1], four), w), 'parameter "w" is there twice'],
    ["slices of two shapes", join(w, parameter("w", "Float32", [2], four)), 'parameter "w" is there twice'],
    ["slices of two types", join(w, parameter("w", "Int32", [1], four)), 'parameter "w" is there twice'],
    ["too large an integer", parameter("w", "UInt64", [1], new Uint8Array(8).fill(255)), "larger than 2^63"],
    ["a wrong checksum", join(w, trailer(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)), "but should be 0x1"],
    ["a checksum of 10 bytes", join(w, trailer(1, 0, 0, 0, 0, 0, 0, 0, 0, 0)), "but should be 0x1000000000000000000"],
    ["a group", join(w, [0x0b]), "field 1 is a group"],
  ])("%s", (_, bytes, message) => {
    expect(() => readMindSpore(bytes)).toThrow(FormatError);
    expect(() => readMindSpore(bytes)).toThrow(message);
  });

  test("two parameters that would get one name", () => {
    const kept = field(1, join(field(1, "n.weight"), field(2, join(field(2, "Int8"), field(3, Uint8Array.of(1)))), field(50131, 1))); // biome-ignore format: one line
    const names = ["n.gamma", "n.beta"].map((tag) => parameter(tag, "Int8", [], Uint8Array.of(1)));
    expect(() => readMindSpore(join(...names, kept))).toThrow('two parameters would be called "n.weight"');
  });

  test("a layer that has both MindSpore's and PyTorch's names keeps all of them", () => {
    const names = ["n.gamma", "n.beta", "n.weight", "m.gamma"];
    const bytes = join(...names.map((tag) => parameter(tag, "Int8", [], Uint8Array.of(1))));
    expect([...readMindSpore(bytes).keys()]).toEqual(names);
  });

  test("packed dims, fields unheard of, and names of Object", () => {
    const message = join(
      field(1, join(varint(1), varint(2))),
      field(2, "Int8"),
      field(3, Uint8Array.of(1, 2)),
      field(9, 1),
    );
    const bytes = join(field(1, join(field(1, "__proto__"), field(2, message), field(7, "x"))), field(2, "y"));
    expect(readMindSpore(bytes).get("__proto__")!.toArray()).toEqual([[1, 2]]);
  });

  test("no bytes at all", () => {
    for (const given of [null, "w", [1], new ArrayBuffer(8)])
      expect(() => readMindSpore(given as never)).toThrow("readMindSpore: expected a Uint8Array, got ");
  });

  test.each(["network_crc", "network_sliced", "types"])("damaged %s: a value or a FormatError", (name) => {
    survives(fixture(`mindspore/${name}.ckpt`), readMindSpore);
  });
});
