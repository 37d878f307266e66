import { Tensor } from "../../../graph/tensor.ts";
import { describe } from "./arguments.ts";
import { fill, isInstance } from "./containers.ts";
import type { Host } from "./host.ts";
import { NumpyArray, NumpyType } from "./numpy.ts";

/**
 * What an object becomes with its attributes. Those of dicts, such as the `_metadata` of a state dict, and of tensors are left out: they
 * are neither entries nor numbers.
 */
export function build(object: unknown, state: unknown, host: Host): unknown {
  if (object instanceof NumpyType || object instanceof NumpyArray) return object.build(state, host);
  if (object instanceof Map) return isInstance(object) ? fill(object, attributes(state), host) : object;
  return object instanceof Tensor
    ? object
    : host.fail(`the pickle gives attributes to ${describe(object)}, which has none`);
}

/** Python writes attributes as a dict, or as that and one of the attributes in slots. */
const attributes = (state: unknown): unknown => (Array.isArray(state) && state[1] === null ? state[0] : state);
