import { Tensor } from "../../../graph/tensor.ts";
import { type FileDType, isFileDType } from "../../bytes/elements.ts";
import { isCount } from "../../bytes/shape.ts";
import { Storage } from "../storage.ts";
import { checkArray, checkCounts, checkText, describe } from "./arguments.ts";
import { Constructor, type Host } from "./host.ts";

/** `_rebuild_tensor`, `_v2` and `_v3` begin with the same four arguments; `type` is what the storage does not say. */
function rebuild([storage, offset, shape, strides]: readonly unknown[], type: FileDType | null, host: Host): Tensor {
  if (!(storage instanceof Storage)) return host.fail(`a tensor should view a storage, but has ${describe(storage)}`);
  const seen = type ?? storage.type ?? host.fail("a tensor views a storage of no type, and has none itself");
  return host.tensor({
    storage,
    type: seen,
    offset: isCount(offset) ? offset : host.fail(`a tensor begins at element ${describe(offset)} of its storage`),
    shape: checkCounts(shape, "the shape of a tensor", host),
    strides: checkCounts(strides, "the strides of a tensor", host),
  });
}

/** Numbers that are to be negated, or conjugated, when they are used. PyTorch notes it instead of doing it. */
function checkMetadata(metadata: unknown, { fail }: Host): void {
  if (metadata instanceof Map && (metadata.get("neg") === true || metadata.get("conj") === true))
    fail("a tensor is a negated or conjugated view, which is not read here");
}

const rebuildV2 = new Constructor("torch._utils._rebuild_tensor_v2", (given, host) => {
  checkMetadata(given[6], host);
  return rebuild(given, null, host);
});

const rebuildV3 = new Constructor("torch._utils._rebuild_tensor_v3", (given, host) => {
  const type = checkText(given[6], "the dtype of a tensor", host);
  checkMetadata(given[7], host);
  return isFileDType(type)
    ? rebuild(given, type, host)
    : host.fail(`a tensor is of dtype ${describe(type)}, not read here`);
});

/** A parameter is its tensor; `requires_grad`, hooks and attributes are left out. */
function parameter([data]: readonly unknown[], { fail }: Host): Tensor {
  return data instanceof Tensor ? data : fail(`a parameter should be a tensor, but is ${describe(data)}`);
}

/** A tensor of a subclass, or with attributes of its own: the function that makes it, the class, its arguments, attributes. */
function rebuildFromType([make, , given]: readonly unknown[], host: Host): unknown {
  const known = [rebuildV2, rebuildV3].find((rebuilding) => rebuilding === make);
  return known
    ? known.make(checkArray(given, "what a tensor is made of", host), host)
    : host.fail(`a tensor should be made by _rebuild_tensor_v2 or _v3, not by ${describe(make)}`);
}

function device([kind, index]: readonly unknown[], host: Host): string {
  const name = checkText(kind, "a device", host);
  return typeof index === "number" ? `${name}:${index}` : name;
}

/** What a list is in TorchScript: the list, and its type in words. */
const first = ([value]: readonly unknown[]): unknown => value ?? null;

export const tensors: readonly Constructor[] = [
  new Constructor("torch._utils._rebuild_tensor", (given, host) => rebuild(given, null, host)),
  rebuildV2,
  rebuildV3,
  new Constructor("torch._utils._rebuild_parameter", parameter),
  new Constructor("torch._utils._rebuild_parameter_with_state", parameter),
  new Constructor("torch.nn.parameter.Parameter", parameter),
  new Constructor("torch.nn.parameter.Buffer", parameter),
  new Constructor("torch._tensor._rebuild_from_type_v2", rebuildFromType),
  new Constructor("torch.Tensor", (_, { fail }) => fail("a tensor without a storage is not read here")),
  new Constructor("torch.Size", ([lengths = []], host) => checkArray(lengths, "a torch.Size", host)),
  new Constructor("torch.device", device),
  ...["build_intlist", "build_doublelist", "build_boollist", "build_tensorlist", "restore_type_tag"].map(
    (name) => new Constructor(`torch.jit._pickle.${name}`, first),
  ),
];
