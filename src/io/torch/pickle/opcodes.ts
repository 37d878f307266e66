/**
 * The operations of pickles, protocols 2 to 5, by their code; those of text, which protocols 0 and 1 have, and of extension registries
 * are left out. Source: CPython, Lib/pickletools.py.
 */
import { checkText } from "./arguments.ts";
import { type Cursor, textOf } from "./cursor.ts";
import { findGlobal } from "./globals.ts";
import type { Machine } from "./machine.ts";

export type Opcode = (machine: Machine, cursor: Cursor) => void;

/** The last `count` on the stack, as a tuple. */
const tuple =
  (count: number): Opcode =>
  (machine) => {
    const items = new Array<unknown>(count);
    for (let i = count - 1; i >= 0; i--) items[i] = machine.pop();
    machine.create(items);
  };

/** A string of Python 2: text, if it is UTF-8. */
const textOrBytes = (bytes: Uint8Array): string | Uint8Array => textOf(bytes) ?? bytes;

function checkProtocol(protocol: number, { host }: Machine): void {
  if (protocol < 2 || protocol > 5) host.fail(`the pickle is of protocol ${protocol}; 2 to 5 are read`);
}

/** NEWOBJ and REDUCE: a class or function, then a tuple of arguments. */
const construct: Opcode = (machine) => {
  const given = machine.pop();
  machine.construct(machine.pop(), given);
};

/** By code and name. */
export const named: Readonly<Record<string, Opcode>> = {
  "80 PROTO": (m, c) => checkProtocol(c.uint8(), m),
  "95 FRAME": (_, c) => void c.uint64(),

  "4e NONE": (m) => m.push(null),
  "88 NEWTRUE": (m) => m.push(true),
  "89 NEWFALSE": (m) => m.push(false),
  "4a BININT": (m, c) => m.push(c.int32()),
  "4b BININT1": (m, c) => m.push(c.uint8()),
  "4d BININT2": (m, c) => m.push(c.uint16()),
  "8a LONG1": (m, c) => m.push(c.integer(c.uint8())),
  "8b LONG4": (m, c) => m.push(c.integer(c.uint32())),
  "47 BINFLOAT": (m, c) => m.push(c.float64()),
  "58 BINUNICODE": (m, c) => m.push(c.text(c.uint32())),
  "8c SHORT_BINUNICODE": (m, c) => m.push(c.text(c.uint8())),
  "8d BINUNICODE8": (m, c) => m.push(c.text(c.uint64())),
  "54 BINSTRING": (m, c) => m.push(textOrBytes(c.take(c.uint32()))),
  "55 SHORT_BINSTRING": (m, c) => m.push(textOrBytes(c.take(c.uint8()))),
  "42 BINBYTES": (m, c) => m.create(c.take(c.uint32())),
  "43 SHORT_BINBYTES": (m, c) => m.create(c.take(c.uint8())),
  "8e BINBYTES8": (m, c) => m.create(c.take(c.uint64())),
  "96 BYTEARRAY8": (m, c) => m.create(c.take(c.uint64())),

  "29 EMPTY_TUPLE": (m) => m.create([]),
  "5d EMPTY_LIST": (m) => m.create([]),
  "7d EMPTY_DICT": (m) => m.create(new Map()),
  "8f EMPTY_SET": (m) => m.create(new Set()),
  "28 MARK": (m) => m.mark(),
  "74 TUPLE": (m) => m.create(m.popMark()),
  "85 TUPLE1": tuple(1),
  "86 TUPLE2": tuple(2),
  "87 TUPLE3": tuple(3),
  "6c LIST": (m) => m.create(m.popMark()),
  "64 DICT": (m) => {
    const items = m.popMark();
    m.create(new Map());
    m.setItems(items);
  },
  "91 FROZENSET": (m) => m.create(new Set(m.popMark())),
  "61 APPEND": (m) => m.append([m.pop()]),
  "65 APPENDS": (m) => m.append(m.popMark()),
  "73 SETITEM": (m) => m.setItems([m.pop(), m.pop()].reverse()),
  "75 SETITEMS": (m) => m.setItems(m.popMark()),
  "90 ADDITEMS": (m) => m.add(m.popMark()),

  "30 POP": (m) => void m.pop(),
  "31 POP_MARK": (m) => void m.popMark(),
  "32 DUP": (m) => m.push(m.top()),
  "71 BINPUT": (m, c) => m.put(c.uint8()),
  "72 LONG_BINPUT": (m, c) => m.put(c.uint32()),
  "94 MEMOIZE": (m) => m.memoise(),
  "68 BINGET": (m, c) => m.get(c.uint8()),
  "6a LONG_BINGET": (m, c) => m.get(c.uint32()),

  "63 GLOBAL": (m, c) => m.push(findGlobal(c.line(), c.line(), m.host)),
  "93 STACK_GLOBAL": (m) => {
    const name = checkText(m.pop(), "a name", m.host);
    m.push(findGlobal(checkText(m.pop(), "a module", m.host), name, m.host));
  },
  "52 REDUCE": construct,
  "81 NEWOBJ": construct,
  "92 NEWOBJ_EX": (m, c) => {
    const byName = m.pop();
    if (!(byName instanceof Map && byName.size === 0)) m.host.fail("the pickle calls something with arguments by name");
    construct(m, c);
  },
  "62 BUILD": (m) => m.build(),
  "51 BINPERSID": (m) => m.create(m.host.persistent(m.pop())),
};

/** By code. */
export const opcodes: readonly (Opcode | undefined)[] = Object.entries(named).reduce<(Opcode | undefined)[]>(
  (table, [name, run]) => table.with(Number.parseInt(name, 16), run),
  new Array<Opcode | undefined>(256).fill(undefined),
);
