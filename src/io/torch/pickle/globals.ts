/** The names that a pickle may ask for, and nothing else: what is meant by them is written here, and makes data. */
import { storageTypes } from "../storage.ts";
import { clipped } from "./arguments.ts";
import { containers, makeInstance } from "./containers.ts";
import { Constructor, type Host } from "./host.ts";
import { numpy } from "./numpy.ts";
import { tensors } from "./tensors.ts";

/** A dtype is its name. Those that tensors here cannot have are data all the same. */
const dtypes = [
  ..."float64 float32 float16 bfloat16 float8_e5m2 float8_e4m3fn float8_e5m2fnuz float8_e4m3fnuz float8_e8m0fnu float4_e2m1fn_x2".split(
    " ",
  ),
  ..."int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool".split(" "),
  ..."complex32 complex64 complex128 quint8 qint8 qint32 quint4x2 quint2x4".split(" "),
];

const known: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...[...containers, ...tensors, ...numpy, ...storageTypes].map((entry) => [entry.name, entry] as const),
  ...dtypes.map((name) => [`torch.${name}`, name] as const),
]);

/** Tensors of a kind that does not exist here. */
const refused: Readonly<Record<string, string>> = {
  "torch.ComplexFloatStorage": "complex numbers",
  "torch.ComplexDoubleStorage": "complex numbers",
  "torch.QInt8Storage": "quantised tensors",
  "torch.QUInt8Storage": "quantised tensors",
  "torch.QInt32Storage": "quantised tensors",
  "torch.QUInt4x2Storage": "quantised tensors",
  "torch.QUInt2x4Storage": "quantised tensors",
  "torch._utils._rebuild_qtensor": "quantised tensors",
  "torch._utils._rebuild_sparse_tensor": "sparse tensors",
  "torch._utils._rebuild_sparse_csr_tensor": "sparse tensors",
  "torch._utils._rebuild_nested_tensor": "nested tensors",
  "torch._utils._rebuild_meta_tensor_no_storage": "tensors without numbers",
};

/** Classes that the file brings with it or PyTorch has: the pickle is of a module, not of its state. */
const isModule = (name: string): boolean => /^(torch\.nn\.modules\.|__main__\.)/.test(name);

/** A million references to a name of megabytes would be put together a million times. */
const LONGEST_NAME = 1000;

/** What a name stands for. @throws for any that is not in the table */
export function findGlobal(module: string, name: string, { fail }: Host): unknown {
  const room = module === "__builtin__" ? "builtins" : module; // Python 2, whose names protocol 2 keeps
  const full = `${room}.${name}`;
  const found = known.get(full);
  if (found !== undefined) return found;
  // Classes of TorchScript: what they are is in the archive's code, which is not read; their attributes are data.
  if (full.startsWith("__torch__.") && full.length <= LONGEST_NAME) return new Constructor(full, makeInstance);
  const short = clipped(full);
  if (Object.hasOwn(refused, full)) return fail(`the pickle asks for ${short}: ${refused[full]} are not read here`);
  const remedy = isModule(full) ? "of a whole module, save its state_dict()" : "save the tensors without it";
  return fail(`the pickle asks for ${short}, which is no data; ${remedy}`);
}
