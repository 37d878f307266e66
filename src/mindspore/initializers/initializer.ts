import { checkFloatDType, type FloatDType } from "../../core/dtype.ts";
import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { type Shape, sameShape } from "../../core/shape.ts";
import { Parameter } from "../../graph/parameter.ts";
import { Tensor } from "../../graph/tensor.ts";
import { zeros } from "../../ops/create.ts";
import { detach } from "../../ops/detach.ts";
import { list, tuple, typeName } from "../python.ts";
import { Initializer } from "./base.ts";
import { Constant } from "./constant.ts";
import { initializerNamed } from "./names.ts";

/** What a parameter can start from: numbers given, an initialiser, the name of one, or one number for all elements. */
export type Init = Tensor | Initializer | string | number;

/**
 * A tensor of `shape` (a number is one axis) filled by `init`. A tensor is returned as it is, whatever `dtype` says; with a `shape`
 * it must have it.
 *
 * @example initializer("he_uniform", [4, 3, 5]); initializer(new Normal(0.02), [8]); initializer(0.5, [2, 2])
 *
 * Source: https://www.mindspore.cn/docs/en/r2.7.0/api_python/mindspore.common.initializer.html
 * @throws OptionTypeError, OptionError with MindSpore's sentences
 */
export function initializer(init: Init, shape?: number | Shape, dtype: FloatDType = "float32"): Tensor {
  const lengths = typeof shape === "number" ? [shape] : shape;
  if (init instanceof Tensor) {
    if (lengths !== undefined && !(Array.isArray(lengths) && sameShape(init.shape, lengths)))
      throw new OptionError(
        `For 'initializer', the shape of the 'init' argument should be same as the argument 'shape', but got the 'init' shape ${list(init.shape)} and the 'shape' ${list([lengths].flat())}.`,
      );
    return init;
  }
  if (!(init instanceof Initializer) && typeof init !== "string" && typeof init !== "number")
    throw new OptionTypeError(
      `For 'initializer', the type of the 'init' argument should be 'Tensor', 'number', 'string' or 'initializer', but got <class '${Array.isArray(init) ? "list" : typeName(init)}'>.`,
    );
  const checked = checkPositive(lengths);
  const start =
    typeof init === "string" ? initializerNamed(init) : typeof init === "number" ? new Constant(init) : init;
  const parameter = new Parameter(zeros(checked, { dtype: checkFloatDType("initializer", dtype) }));
  start.fill(parameter);
  return detach(parameter);
}

function checkPositive(shape: Shape | undefined): Shape {
  if (!Array.isArray(shape))
    throw new OptionTypeError(
      `For 'initializer', the argument 'shape' must be an integer or a list of them, but got <class '${typeName(shape)}'>.`,
    );
  if (shape.every((length) => Number.isSafeInteger(length) && length > 0)) return shape;
  throw new OptionError(
    `For 'initializer', the argument 'shape' is invalid, the value of 'shape' must be positive integer, but got ${tuple(shape)}`,
  );
}
