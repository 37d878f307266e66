import { OptionError } from "../../core/errors.ts";
import type { Shape } from "../../core/shape.ts";
import { fans } from "../../nn/init/fans.ts";

/** `nn.init`'s fans, `shape[1]` and `shape[0]` times the taps, refused with MindSpore's sentence: a bias has none. */
export function checkedFans(name: string, shape: Shape): { fanIn: number; fanOut: number } {
  if (shape.length < 2)
    throw new OptionError(
      `For '${name}', 'fan_in' and 'fan_out' can not be computed for tensor with fewer than 2 dimensions, but got dimensions ${shape.length}.`,
    );
  return fans(name, shape);
}
