import { DTypeError, FormatError, OptionError, OptionTypeError, type tensor } from "atrous";
import { fileDType, readOnnxTensor, writeOnnxTensor } from "atrous/io";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeModel, encodeModel, type OnnxAttribute, type OnnxModelFile } from "../../src/io/onnx/proto/model.ts";
import expected from "./fixtures/onnx/messages.json" with { type: "json" };
import { bitsOf, field, fixture, join, survives, varint } from "./wire.ts";

const messages = fixture("onnx/messages.onnx");
const graphOf = (...parts: readonly Uint8Array[]) => field(7, join(...parts));
const int8 = (dims: readonly (number | bigint)[], ...rest: readonly Uint8Array[]) =>
  join(...dims.map((length) => field(1, length)), field(2, 3), ...rest);

describe("a file of Python's onnx", () => {
  const model = decodeModel(messages);

  test("its head", () => {
    expect(model.irVersion).toBe(8);
    expect(model.producer).toBe("fixture");
    expect(model.opsets).toEqual(new Map([["", 17], ["com.example", 3]])); // biome-ignore format: one line
    expect(model.metadata).toEqual(new Map([["origin", "here"], ["__proto__", "x"]])); // biome-ignore format: one line
    expect(model.graph.name).toBe("network");
  });

  test("numbers in every encoding of every type, to the last bit", () => {
    const { initializers } = model.graph;
    const read = Array.from(initializers, ([name, value]) => [name, { ...bitsOf(value), fileDType: fileDType(value) }]);
    expect(Object.fromEntries(read)).toEqual(expected);
  });

  test("inputs and outputs", () => {
    expect(model.graph.inputs).toEqual([
      { name: "x", dtype: "float32", shape: ["batch", 1, ""] },
      { name: "length", dtype: "int64", shape: [] },
      { name: "sequence", dtype: null, shape: null },
    ]);
    expect(model.graph.outputs).toEqual([{ name: "z", dtype: "float16", shape: null }]);
  });

  test("nodes, and attributes of every kind", () => {
    const [convolution, custom] = model.graph.nodes;
    expect(custom).toEqual({
      opType: "Thing",
      domain: "com.example",
      name: "",
      inputs: ["y"],
      outputs: ["z", ""],
      attributes: new Map(),
    });
    expect(convolution).toMatchObject({ opType: "Conv", name: "convolution", inputs: ["x", "float_raw", ""] });
    const { attributes } = convolution!;
    const simple = ["alpha", "auto_pad", "floats", "graph", "kernel_shape", "large", "pads", "words"];
    expect(Object.fromEntries(simple.map((name) => [name, attributes.get(name)]))).toEqual({
      alpha: { float: Math.fround(0.1) },
      auto_pad: { string: "NOTSET" },
      floats: { floats: [1.5, -2.5] },
      graph: { unsupported: "GRAPH" },
      kernel_shape: { ints: [3] },
      large: { int: 2n ** 62n + 1n },
      pads: { ints: [1, -1] },
      words: { strings: ["a", "ß"] },
    });
    const { tensor: value } = attributes.get("tensor") as { tensor: ReturnType<typeof tensor> };
    expect([value.dtype, value.toArray()]).toEqual(["int64", [1, -2]]);
    const { tensors } = attributes.get("tensors") as { tensors: readonly ReturnType<typeof tensor>[] };
    expect(tensors.map((entry) => entry.toArray())).toEqual([[0.5], [[1, 2]]]);
    expect(attributes.size).toBe(simple.length + 2);
  });

  test("what was read is written, all numbers raw, but for a graph in an attribute", () => {
    expect(() => encodeModel(model)).toThrow(
      new FormatError('exportOnnx: attribute "graph" is GRAPH, which is not written here'),
    );
    const written = encodeModel(withoutGraphs(model));
    expect(encodeModel(decodeModel(written))).toEqual(written);
    const plain = (file: OnnxModelFile) => ({ ...file, graph: { ...file.graph, initializers: null, nodes: null } });
    expect(plain(decodeModel(written))).toEqual(plain(model));
    const again = decodeModel(written).graph.initializers;
    const read = Array.from(again, ([name, value]) => [name, { ...bitsOf(value), fileDType: fileDType(value) }]);
    expect(Object.fromEntries(read)).toEqual(expected);
  });
});

function withoutGraphs(model: OnnxModelFile): OnnxModelFile {
  const nodes = model.graph.nodes.map((node) => ({
    ...node,
    attributes: new Map([...node.attributes].filter(([, value]) => !("unsupported" in value))),
  }));
  return { ...model, graph: { ...model.graph, nodes } };
}

describe("a tensor by itself", () => {
  test("ONNX's test data", () => {
    const bytes = fixture("onnx/input_0.pb");
    expect(bitsOf(readOnnxTensor(bytes))).toEqual({
      dtype: "float32",
      shape: [1, 9],
      bits: expected.float_raw.bits,
    });
    expect(writeOnnxTensor(readOnnxTensor(bytes), "input")).toEqual(bytes);
  });

  test("packed and unpacked numbers, in pieces", () => {
    const typed = (...parts: readonly Uint8Array[]) => readOnnxTensor(int8([3], ...parts)).toArray();
    const packed = (...values: readonly number[]) => field(5, join(...values.map(varint)));
    expect(typed(packed(1, -2, 127))).toEqual([1, -2, 127]);
    expect(typed(field(5, 1), field(5, -2), field(5, 127))).toEqual([1, -2, 127]);
    expect(typed(packed(1), field(5, -2), packed(127))).toEqual([1, -2, 127]);
    const float = [0, 0, 0xc0, 0x3f];
    const floats = join(field(1, 2), field(2, 1), [4 * 8 + 5], float, field(4, Uint8Array.from(float)));
    expect(readOnnxTensor(floats).toArray()).toEqual([1.5, 1.5]);
    const float8 = (type: number) => readOnnxTensor(join(field(1, 1), field(2, type), field(5, 0x3c))).toArray();
    expect([float8(17), float8(19)]).toEqual([[1.5], [1]]);
  });

  test("raw data is a view where it is aligned", () => {
    const bytes = join(field(1, 1), field(2, 1), field(9, Uint8Array.of(0, 0, 0x80, 0x3f)));
    for (let shift = 0; shift < 4; shift++) {
      const file = new Uint8Array(shift + bytes.length);
      file.set(bytes, shift);
      const value = readOnnxTensor(file.subarray(shift));
      expect(value.toArray()).toEqual([1]);
      const view = value.node().value!.buffer === file.buffer;
      expect(view).toBe((shift + bytes.length) % 4 === 0);
    }
  });

  test("what is wrong with arguments", () => {
    expect(() => readOnnxTensor("x" as never)).toThrow("readOnnxTensor: expected a Uint8Array");
    expect(() => readOnnxTensor(messages, { read: 1 } as never)).toThrow(OptionError);
    expect(() => readOnnxTensor(messages, { readExternal: "." as never })).toThrow(
      new OptionTypeError('readOnnxTensor: readExternal must be a function, got "."'),
    );
    expect(() => writeOnnxTensor([1] as never)).toThrow(DTypeError);
  });
});

describe("numbers in other files", () => {
  const model = fixture("onnx/external.onnx");
  const beside = fixture("onnx/external.bin");

  test("are asked of the caller, each file once", () => {
    const asked: string[] = [];
    const { graph } = decodeModel(model, {
      readExternal: (location) => {
        asked.push(location);
        return beside;
      },
    });
    expect(asked).toEqual(["external.bin"]);
    expect(graph.initializers.get("float32_5")!.toArray()).toEqual([0, 0.5, 1, 1.5, 2]);
    const halves = graph.initializers.get("float16_300")!;
    expect([fileDType(halves), halves.toArray()]).toEqual(["float16", Array.from({ length: 300 }, (_, i) => i / 2)]);
  });

  test("without the option", () => {
    expect(() => decodeModel(model)).toThrow(
      new FormatError(
        'importOnnx: tensor "float32_5": its numbers are in the file "external.bin"; give the option readExternal, a function that returns the bytes of it',
      ),
    );
  });

  test("what the caller gives must be bytes, and enough; its own errors pass", () => {
    const readWith = (readExternal: () => unknown) => () => decodeModel(model, { readExternal: readExternal as never });
    expect(readWith(() => "text")).toThrow(
      new OptionTypeError('importOnnx: readExternal("external.bin") must return a Uint8Array, got "text"'),
    );
    expect(readWith(() => beside.subarray(0, 619))).toThrow('it ends at byte 620 of "external.bin", which has 619');
    expect(
      readWith(() => {
        throw new RangeError("mine");
      }),
    ).toThrow(new RangeError("mine"));
  });

  const external = (entries: Readonly<Record<string, string>>, length = 1) =>
    int8([length], field(14, 1), ...Object.entries(entries).map(([key, value]) => field(13, join(field(1, key), field(2, value))))); // biome-ignore format: one line

  test.each([
    ["", "is empty"],
    ["../x", "leaves the folder of the model"],
    ["a/../../x", "leaves the folder of the model"],
    ["a/..", "leaves the folder of the model"],
    ["/etc/passwd", "is absolute"],
    ["C:/x", "is absolute"],
    ["c:x", "is absolute"],
    ["file:x", "is absolute"],
    ["http://a/x", "is absolute"],
    ["..\\x", "has a backslash or a zero in it"],
    ["\\\\server\\x", "has a backslash or a zero in it"],
    ["a\0b", "has a backslash or a zero in it"],
  ])("the location %j is refused before anyone is asked", (location, problem) => {
    const readExternal = () => expect.fail("asked");
    const read = () => readOnnxTensor(external({ location }), { readExternal });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(`the location ${JSON.stringify(location)} of its numbers ${problem}`);
  });

  test("names that only look like it are asked for; offset and length may be left out", () => {
    const readExternal = () => Uint8Array.of(5, 6);
    for (const location of ["..x", "a/b..", "weights", "ä b/c"])
      expect(readOnnxTensor(external({ location, offset: "1" }), { readExternal }).toArray()).toEqual([6]);
    expect(readOnnxTensor(external({ location: "w" }, 2), { readExternal }).toArray()).toEqual([5, 6]);
  });

  test.each([
    [{ offset: "-1" }, 'its external offset is "-1", not a number of bytes'],
    [{ offset: "1e3" }, 'its external offset is "1e3"'],
    [{ length: "99999999999999999999" }, 'its external length is "99999999999999999999"'],
    [{ offset: "2", length: "1" }, 'it ends at byte 3 of "w", which has 2'],
    [{ offset: "999999999999999", length: "999999999999999" }, "it ends at byte 1999999999999998"],
    [{ offset: "5" }, 'it ends at byte 5 of "w", which has 2'],
    [{ length: "2" }, "shape [1] of int8 takes 1 bytes, but there are 2"],
  ])("%j is refused", (entries, message) => {
    const read = () => readOnnxTensor(external({ location: "w", ...entries }), { readExternal: () => new Uint8Array(2) }); // biome-ignore format: one line
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });

  test("a file that is taken over and over", () => {
    const weights = (count: number) =>
      graphOf(...Array.from({ length: count }, (_, i) => field(5, join(external({ location: "w" }, 100), field(8, `${i}`))))); // biome-ignore format: one line
    const readExternal = () => new Uint8Array(100);
    expect(decodeModel(weights(4), { readExternal }).graph.initializers.size).toBe(4);
    expect(() => decodeModel(weights(5), { readExternal })).toThrow("external tensors take 500 bytes, more than four");
  });
});

describe("attributes", () => {
  const attribute = (...parts: readonly Uint8Array[]) =>
    decodeModel(graphOf(field(1, join(field(4, "Op"), field(5, join(field(1, "a"), ...parts)))))).graph.nodes[0]!.attributes.get("a"); // biome-ignore format: one line

  test("old files do not say the type", () => {
    expect(attribute(field(3, 7))).toEqual({ int: 7 });
    expect(attribute(field(4, "s"))).toEqual({ string: "s" });
    expect(attribute(field(8, 1), field(8, 2))).toEqual({ ints: [1, 2] });
  });

  test("zero need not be there, nor a list's entries", () => {
    expect([1, 2, 3, 6, 7, 8, 9].map((type) => attribute(field(20, type)))).toEqual([
      ...[{ float: 0 }, { int: 0 }, { string: "" }, { floats: [] }, { ints: [] }, { strings: [] }, { tensors: [] }],
    ]);
    expect(attribute(field(20, 7), field(8, join(varint(1), varint(-1))))).toEqual({ ints: [1, -1] });
  });

  test("kinds that are not read are named", () => {
    const kinds = ([5, 10, 11, 12, 13, 14] as const).map((type) => attribute(field(20, type)));
    expect(kinds.map((kind) => (kind as { unsupported: string }).unsupported)).toEqual(
      ["GRAPH", "GRAPHS", "SPARSE_TENSOR", "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"], // biome-ignore format: one line
    );
    expect(attribute(field(21, "x"), field(20, 2))).toEqual({
      unsupported: "a reference to an attribute of a function",
    });
  });

  test.each<[string, readonly Uint8Array[], string]>([
    ["no value", [], 'Op node "": attribute "a": it has no value'],
    ["a type unheard of", [field(20, 99)], 'attribute "a": type 99 does not exist'],
    ["no tensor", [field(20, 4)], 'attribute "a": it should be a tensor, but has none'],
    ["an integer of type string", [field(20, 3), field(4, 1)], 'attribute "a": field 4 should be bytes with a length'],
  ])("%s", (_, parts, message) => {
    expect(() => attribute(...parts)).toThrow(FormatError);
    expect(() => attribute(...parts)).toThrow(message);
  });

  test("any that can be written comes back", () => {
    const int = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }));
    const float = fc.float({ noNaN: true });
    const value = fc.oneof(
      fc.record({ int }),
      fc.record({ float }),
      fc.record({ string: fc.string({ unit: "grapheme" }) }),
      fc.record({ ints: fc.array(int) }),
      fc.record({ floats: fc.array(float) }),
      fc.record({ strings: fc.array(fc.string()) }),
    );
    fc.assert(
      fc.property(fc.array(value), (values: readonly OnnxAttribute[]) => {
        const attributes = new Map(values.map((entry, i) => [`${i}`, entry]));
        const node = { opType: "Op", domain: "", name: "", inputs: [], outputs: [], attributes };
        const graph = { name: "", nodes: [node], initializers: new Map(), inputs: [], outputs: [] };
        const model = { irVersion: 8, producer: "", opsets: new Map(), graph, metadata: new Map() };
        expect(decodeModel(encodeModel(model))).toEqual(model);
      }),
    );
  });
});

describe("hostile tensors", () => {
  const packed = (number: number, count: number) => field(number, new Uint8Array(count));
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), 'tensor "": elements of type UNDEFINED are not read here'],
    ["strings", field(2, 8), "elements of type STRING"],
    ["complex numbers", field(2, 14), "elements of type COMPLEX64"],
    ["a type unheard of", field(2, 99), "elements of type number 99"],
    ["a segment", join(field(2, 1), field(3, new Uint8Array())), "is a segment of a larger one"],
    ["raw data too short", int8([2], field(9, "a")), "shape [2] of int8 takes 2 bytes, but there are 1"],
    ["raw data too long", int8([2], field(9, "abc")), "shape [2] of int8 takes 2 bytes, but there are 3"],
    ["fewer numbers than declared", int8([2], packed(5, 1)), "int32_data has fewer numbers than the 2 of its shape"],
    ["more numbers than declared", int8([2], packed(5, 3)), "int32_data has more numbers than the 2 of its shape"],
    ["a thousand numbers for one", int8([], packed(5, 1000)), "int32_data has more numbers than the 1 of its shape"],
    ["no numbers", int8([2]), "int32_data has fewer numbers than the 2 of its shape"],
    ["numbers twice", int8([1], field(9, "a"), packed(5, 1)), "it has numbers in raw_data and in int32_data"],
    ["numbers in two fields", int8([1], packed(5, 1), packed(7, 1)), "it has numbers in int32_data and in int64_data"],
    ["numbers in a wrong field", int8([1], packed(7, 1)), "int8 belongs in int32_data, but is in int64_data"],
    ["a number too large", int8([1], field(5, 128)), "128 in int32_data is no int8"],
    ["a number too small", int8([1], field(5, -129)), "-129 in int32_data is no int8"],
    ["bits of 17 bits", join(field(1, 1), field(2, 10), field(5, 65536)), "65536 in int32_data is no float16"],
    ["a uint64 beyond int64", join(field(1, 1), field(2, 13), field(11, -1)), "a uint64 is larger than 2^63"],
    ["floats of 5 bytes", join(field(1, 1), field(2, 1), field(4, "abcde")), "5 bytes, which is no multiple of 4"],
    ["a declared terabyte", int8([2 ** 40], field(5, 1)), "1099511627776 elements of int8 cannot be in the"],
    ["a shape too large", int8([2 ** 40, 2 ** 40]), "more elements than can be counted"],
    ["a negative length", int8([-1]), "something else than non-negative integers"],
    ["an unsafe length", int8([2n ** 60n]), "something else than non-negative integers"],
    ["a thousand axes", int8(Array(1000).fill(1)), "has more than 64 axes"],
    ["a shape in one packed bomb", join(field(1, new Uint8Array(65))), "has more than 64 axes"],
  ])("%s", (_, bytes, message) => {
    expect(() => readOnnxTensor(bytes)).toThrow(FormatError);
    expect(() => readOnnxTensor(bytes)).toThrow(message);
  });

  test("damaged: a value or a FormatError", () => {
    survives(fixture("onnx/input_0.pb"), (bytes) => readOnnxTensor(bytes));
    survives(int8([3], field(5, join(varint(1), varint(-1), varint(127)))), (bytes) => readOnnxTensor(bytes));
  });
});

describe("hostile models", () => {
  const node = (...parts: readonly Uint8Array[]) => field(1, join(field(4, "Op"), ...parts));
  const weight = field(5, join(field(2, 3), field(8, "w"), field(9, "a")));
  const value = field(11, field(1, "x"));
  const functionOf = (name: string, domain: string) => field(25, join(field(1, name), field(10, domain)));
  test.each<[string, Uint8Array, string]>([
    ["nothing", new Uint8Array(), "the file has no graph, so it is no ONNX model"],
    ["two graphs", join(graphOf(), graphOf()), "the file has two graphs"],
    ["two initializers of one name", graphOf(weight, weight), 'two initializers are called "w"'],
    ["two inputs of one name", graphOf(value, value), 'the value "x" is defined twice'],
    ["two outputs of one name", graphOf(node(field(2, "y")), node(field(2, "y"))), 'the value "y" is defined twice'],
    ["an output that is an input", graphOf(node(field(2, "x")), value), 'the value "x" is defined twice'],
    ["an output that is an initializer", graphOf(node(field(2, "w")), weight), 'the value "w" is defined twice'],
    ["a node without an operation", graphOf(field(1, field(3, "n"))), 'node "n" says no operation'],
    ["an attribute twice", graphOf(node(field(5, join(field(1, "a"), field(3, 1))), field(5, join(field(1, "a"), field(3, 1))))), 'Op node "": it has two attributes "a"'], // biome-ignore format: one line
    ["a sparse tensor", graphOf(field(15, new Uint8Array())), "sparse initializers are not read here"],
    ["a local function", join(graphOf(node(field(7, "d"))), functionOf("Op", "d")), "calls the local function d::Op"],
    ["two versions", join(graphOf(), field(8, field(2, 1)), field(8, join(field(1, "ai.onnx"), field(2, 2)))), 'versions 1 and 2 of the operations ""'], // biome-ignore format: one line
    ["a length of 2^60", graphOf(field(11, join(field(1, "x"), field(2, field(1, field(2, field(1, field(1, 2n ** 60n)))))))), "no safe integer"], // biome-ignore format: one line
  ])("%s", (_, bytes, message) => {
    expect(() => decodeModel(bytes)).toThrow(FormatError);
    expect(() => decodeModel(bytes)).toThrow(message);
  });

  test("an input may have an initializer, outputs may be left out twice, functions need not be called", () => {
    const { graph } = decodeModel(
      join(graphOf(field(11, field(1, "w")), weight, node(field(2, ""), field(2, ""))), functionOf("Other", "")),
    );
    expect([graph.inputs.length, graph.initializers.size, graph.nodes.length]).toEqual([1, 1, 1]);
  });

  test("lengths below zero say nothing", () => {
    const shape = join(field(1, field(1, -1)), field(1, field(1, 3)), field(1, new Uint8Array()));
    const { graph } = decodeModel(graphOf(field(11, join(field(1, "x"), field(2, field(1, field(2, shape)))))));
    expect(graph.inputs).toEqual([{ name: "x", dtype: null, shape: ["", 3, ""] }]);
  });

  test("graphs nested 200 deep are not descended into", () => {
    let [graph, sequence] = [new Uint8Array() as Uint8Array, new Uint8Array() as Uint8Array];
    for (let depth = 0; depth < 200; depth++) {
      graph = node(field(5, join(field(1, "a"), field(6, graph), field(20, 5))));
      sequence = field(4, field(1, sequence));
    }
    const model = decodeModel(graphOf(graph, field(11, join(field(1, "s"), field(2, sequence)))));
    expect(model.graph.nodes[0]!.attributes.get("a")).toEqual({ unsupported: "GRAPH" });
    expect(model.graph.inputs).toEqual([{ name: "s", dtype: null, shape: null }]);
  });

  test("damaged: a value or a FormatError", () => {
    survives(messages, (bytes) => decodeModel(bytes));
    const beside = fixture("onnx/external.bin");
    survives(fixture("onnx/external.onnx"), (bytes) => decodeModel(bytes, { readExternal: () => beside }));
  });
});
