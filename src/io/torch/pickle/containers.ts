import { Complex } from "../value.ts";
import { checkArray, checkText, describe } from "./arguments.ts";
import { Constructor, type Host } from "./host.ts";

/** What an entry of a Map or Set takes in memory, about. */
const ENTRY_BYTES = 64;

/** Objects of which only the attributes matter: Maps that BUILD fills. */
const instances = new WeakSet<Map<unknown, unknown>>();
export const isInstance = (map: Map<unknown, unknown>): boolean => instances.has(map);

export function makeInstance(): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  instances.add(map);
  return map;
}

/** Puts the entries of another dict, or a list of pairs, into `map`. */
export function fill(map: Map<unknown, unknown>, given: unknown, host: Host): Map<unknown, unknown> {
  if (given === undefined || given === null) return map;
  const pairs = given instanceof Map ? given : checkArray(given, "what a dict is made of", host);
  host.spend(ENTRY_BYTES * (pairs instanceof Map ? pairs.size : pairs.length));
  for (const pair of pairs as Iterable<unknown>) {
    const [key, value] = checkArray(pair, "an entry of a dict", host);
    map.set(key, value);
  }
  return map;
}

function items(given: unknown, host: Host): readonly unknown[] {
  if (given === undefined) return [];
  const list = given instanceof Set ? [...given] : checkArray(given, "what a set or list is made of", host);
  host.spend(ENTRY_BYTES * list.length);
  return list;
}

/** `_codecs.encode(text, "latin1")`, `bytearray(text, "latin-1")`, `bytes()`: how protocol 2, which has no bytes, writes them. */
function bytes([given, encoding]: readonly unknown[], host: Host): Uint8Array {
  if (given === undefined) return new Uint8Array(0);
  if (given instanceof Uint8Array) return given;
  const text = checkText(given, "what bytes are made of", host);
  if (encoding !== "latin1" && encoding !== "latin-1")
    host.fail(`bytes are encoded as ${describe(encoding)}, not as latin1`);
  host.spend(text.length);
  const encoded = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) host.fail("bytes are encoded as latin1, but have a character that is not in it");
    encoded[i] = code;
  }
  return encoded;
}

function complex([real = 0, imag = 0]: readonly unknown[], { fail }: Host): Complex {
  return typeof real === "number" && typeof imag === "number"
    ? new Complex(real, imag)
    : fail(`complex is made of two numbers, not of ${describe(real)} and ${describe(imag)}`);
}

/** The containers and small values of Python's own. */
export const containers: readonly Constructor[] = [
  new Constructor("collections.OrderedDict", ([pairs], host) => fill(new Map(), pairs, host)),
  new Constructor("collections.defaultdict", ([, pairs], host) => fill(new Map(), pairs, host)),
  new Constructor("collections.Counter", ([pairs], host) => fill(new Map(), pairs, host)),
  new Constructor("builtins.dict", ([pairs], host) => fill(new Map(), pairs, host)),
  new Constructor("builtins.list", ([list], host) => items(list, host).slice()),
  new Constructor("builtins.set", ([list], host) => new Set(items(list, host))),
  new Constructor("builtins.frozenset", ([list], host) => new Set(items(list, host))),
  new Constructor("builtins.bytes", bytes),
  new Constructor("builtins.bytearray", bytes),
  new Constructor("builtins.complex", complex),
  new Constructor("_codecs.encode", bytes),
  new Constructor("argparse.Namespace", makeInstance),
  new Constructor("types.SimpleNamespace", makeInstance),
];
