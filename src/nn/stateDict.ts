import { OptionTypeError, StateDictError } from "../core/errors.ts";
import { checkBoolean, checkOptions, show } from "../core/options.ts";
import { type Shape, sameShape } from "../core/shape.ts";
import { Tensor } from "../graph/tensor.ts";
import { cast } from "../ops/shape/cast.ts";
import { type AnyModule, join } from "./module.ts";

/** What a non-strict load left out. */
export interface LoadReport {
  readonly missingKeys: string[];
  readonly unexpectedKeys: string[];
}

/** One tensor of a module that a state dict can fill. */
interface Slot {
  readonly shape: Shape;
  readonly set: (value: Tensor) => void;
}

/** `module.loadStateDict`; texts are PyTorch's, so that a search for them finds its answers. */
export function loadInto(
  module: AnyModule,
  given: ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>,
  options: { strict?: boolean },
): LoadReport {
  checkOptions("loadStateDict", options, ["strict"]);
  const { strict = true } = options;
  checkBoolean("loadStateDict", "strict", strict);
  if (typeof given !== "object" || given === null || Array.isArray(given) || given instanceof Tensor)
    throw new OptionTypeError(`Expected state_dict to be dict-like, got ${show(given)}.`);
  const state = new Map(given instanceof Map ? given : Object.entries(given));
  for (const [prefix, child] of module.everyModule()) child.upgradeState(state, prefix);

  const slots = slotsOf(module);
  const missingKeys = [...slots.keys()].filter((name) => !state.has(name));
  const unexpectedKeys = [...state.keys()].filter((name) => !slots.has(name));
  const problems: string[] = [];
  // The order of PyTorch: unexpected keys are put before missing ones at the front of the list, so missing ones come first.
  if (strict && missingKeys.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
  if (strict && unexpectedKeys.length > 0)
    problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
  for (const [name, slot] of slots) {
    const tensor = state.get(name);
    if (tensor === undefined) continue;
    if (!(tensor instanceof Tensor))
      problems.push(
        `While copying the parameter named "${name}", expected torch.Tensor or Tensor-like object from checkpoint but received ${show(tensor)}`,
      );
    else if (!sameShape(tensor.shape, slot.shape))
      problems.push(
        `size mismatch for ${name}: copying a param with shape ${torchSize(tensor.shape)} from checkpoint, the shape in current model is ${torchSize(slot.shape)}.`,
      );
  }
  if (problems.length > 0)
    throw new StateDictError(
      `Error(s) in loading state_dict for ${module.constructor.name}:\n\t${problems.join("\n\t")}`,
    );
  for (const [name, slot] of slots) {
    const tensor = state.get(name);
    if (tensor) slot.set(tensor);
  }
  return { missingKeys, unexpectedKeys };
}

function slotsOf(module: AnyModule): Map<string, Slot> {
  const slots = new Map<string, Slot>();
  for (const [prefix, child] of module.everyModule()) {
    for (const [name, parameter] of child.ownParameters())
      slots.set(join(prefix, name), {
        shape: parameter.shape,
        set: (value) => parameter.assign(cast(value.detach(), parameter.dtype)),
      });
    for (const [name, buffer] of child.ownBuffers())
      slots.set(join(prefix, name), {
        shape: buffer.shape,
        set: (value) => child.setBuffer(name, cast(value.detach(), buffer.dtype)),
      });
  }
  return slots;
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");
const torchSize = (shape: Shape): string => `torch.Size([${shape.join(", ")}])`;
