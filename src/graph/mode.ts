import { OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";

let gradients = true;

/** Whether operations called now record what gradients need. */
export const gradEnabled = (): boolean => gradients;

function withGrad<T>(op: string, enabled: boolean, body: () => T): T {
  if (typeof body !== "function") throw new OptionTypeError(`${op}: expected a function, got ${show(body)}`);
  const before = gradients;
  gradients = enabled;
  try {
    const result = body();
    if (result instanceof Promise)
      throw new OptionTypeError(`${op}: the function must be synchronous; after its first await the mode is over`);
    return result;
  } finally {
    gradients = before;
  }
}

/** Runs `body` without recording gradients: results do not require grad, whatever their inputs. */
export const noGrad = <T>(body: () => T): T => withGrad("noGrad", false, body);

/** Runs `body` with gradients recorded, also inside `noGrad`. */
export const enableGrad = <T>(body: () => T): T => withGrad("enableGrad", true, body);
