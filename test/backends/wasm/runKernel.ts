import { get, type I32, i32, ModuleBuilder } from "../../../src/backends/wasm/assembler/index.ts";
import type { Emission, EmitKernel } from "../../../src/backends/wasm/emission.ts";
import { allocate, type DType, dtypeOf, type TypedArray } from "../../../src/core/dtype.ts";

interface Options {
  /** Bytes of pattern around every array; at least the 16 that a kernel may read. */
  guard?: number;
  /** The input whose memory `out` is. */
  inPlace?: number;
}

const align = (address: number): number => Math.ceil(address / 64) * 64;
/** Unlikely to be written by accident, and telling when computed with: NaNs of both kinds, −∞, a large number, tiny ones. */
const pattern = [0x7fc0abcd, 0xffa12345, 0xff800000, 0x7e7fffff, 0x00000123, 0xbf9d70a4, 0x7f812345];
/** Where the table of addresses is: inputs, the output, then scratch memory and constants as the kernel asks for them. */
const TABLE = 64;
const ENTRIES = 4080;

/**
 * Runs one kernel as a step of a program does: in a module of its own, on 64-byte aligned arrays whose addresses come from a table.
 * Gives what it wrote to `out`, which is full of the pattern before, as are scratch memory and everything between the arrays.
 * Throws where the kernel has changed a byte that is neither of `out` nor of its scratch, or where there is no kernel (`null`).
 */
export function runKernel<A>(
  emit: EmitKernel<A>,
  attributes: A,
  inputs: readonly TypedArray[],
  outType: DType,
  outSize: number,
  { guard = 128, inPlace }: Options = {},
): TypedArray {
  let end = TABLE + 4 * ENTRIES;
  const reserve = (bytes: number): number => {
    const address = align(end + guard);
    end = address + bytes;
    return address;
  };
  const addresses: number[] = [];
  /** Code that is only valid in the function of the steps, whose local 0 is the table. */
  const place = (address: number): I32 => {
    if (addresses.push(address) > ENTRIES) throw new Error(`runKernel: more than ${ENTRIES} arrays`);
    return i32.load(get({ index: 0, type: "i32" }), 4 * (addresses.length - 1));
  };
  const module = new ModuleBuilder();
  const shared = new Map<string, unknown>();
  const writable: [number, number][] = [];
  const constants: [number, Int32Array | Float32Array][] = [];
  const emission: Emission = {
    module,
    shared: (key, make) => {
      if (!shared.has(key)) shared.set(key, make());
      return shared.get(key) as ReturnType<typeof make>;
    },
    scratch: (bytes) => {
      writable.push([reserve(bytes), bytes]);
      return place(writable.at(-1)![0]);
    },
    constant: (data) => {
      constants.push([reserve(data.byteLength), data.slice()]);
      return place(constants.at(-1)![0]);
    },
  };
  const out = allocate(outType, outSize);
  const operands = {
    inputs: inputs.map((input) => place(reserve(input.byteLength))),
    out: place(inPlace === undefined ? reserve(out.byteLength) : addresses[inPlace]!),
    inputTypes: inputs.map((input) => dtypeOf(input)!),
    outType,
  };
  const outAddress = addresses.at(-1)!;
  writable.push([outAddress, out.byteLength]);
  const run = module.function({ parameters: ["i32"] }, () => {
    const code = emit(emission, attributes, operands);
    if (!code) throw new Error("runKernel: there is no kernel for this case");
    return code;
  });
  module.export("run", run);

  const memory = new WebAssembly.Memory({ initial: Math.ceil((align(end + guard) + 65536) / 65536) });
  const bytes = new Uint8Array(memory.buffer);
  const words = new Int32Array(memory.buffer);
  for (let i = 0; i < words.length; i++) words[i] = pattern[i % pattern.length]!;
  const write = (address: number, data: TypedArray): void =>
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  words.set(addresses, TABLE / 4);
  inputs.forEach((input, i) => {
    write(addresses[i]!, input);
  });
  for (const [address, data] of constants) write(address, data);
  const before = bytes.slice();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.bytes()), { env: { memory } });
  (instance.exports.run as (table: number) => void)(TABLE);

  new Uint8Array(out.buffer).set(bytes.subarray(outAddress, outAddress + out.byteLength));
  for (const [address, size] of writable) before.set(bytes.subarray(address, address + size), address);
  const changed = Buffer.compare(before, bytes) === 0 ? -1 : before.findIndex((byte, i) => byte !== bytes[i]);
  if (changed >= 0)
    throw new Error(`runKernel: byte ${changed} changed; arrays are at ${addresses}, out ${outSize} elements`);
  return out;
}
