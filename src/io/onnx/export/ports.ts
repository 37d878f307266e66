import type { DType } from "../../../core/dtype.ts";
import { OptionError, OptionTypeError } from "../../../core/errors.ts";
import { checkBoolean, show } from "../../../core/options.ts";
import { type Shape, showShape } from "../../../core/shape.ts";
import type { DeclaredPort } from "../../../nn/declaredPorts.ts";
import type { DynamicAxes, Port } from "./variables.ts";

/**
 * The inputs with their free axes: those of the option `dynamic`, or the first and the last of each, called N and L.
 *
 * @param declared the inputs of a network from a file, of which nothing is free that the file fixes
 */
export function portsOf(
  shapes: readonly Shape[],
  dtype: DType,
  dynamic: unknown,
  declared: readonly DeclaredPort[] | null,
): Port[] {
  if (Array.isArray(dynamic)) {
    if (dynamic.length !== shapes.length)
      throw new OptionError(
        `exportOnnx: dynamic says the axes of ${dynamic.length} inputs, shape has ${shapes.length}`,
      );
    return shapes.map((shape, i) => ({ shape, dtype, axes: checkAxes(dynamic[i], shape) }));
  }
  if (!checkBoolean("exportOnnx", "dynamic", dynamic)) return shapes.map((shape) => ({ shape, dtype, axes: {} }));
  const usual = firstsAndLasts(shapes);
  const open = declared?.flatMap(({ shape }) => (shape ? [shape] : []));
  const fits = open?.length === shapes.length && open.every((each, i) => each.length === shapes[i]!.length);
  const axes = fits ? openAxes(shapes, usual, open) : usual;
  return shapes.map((shape, i) => ({ shape, dtype, axes: axes[i]! }));
}

/** Last axes of one length in the example are taken for the same. */
function firstsAndLasts(shapes: readonly Shape[]): DynamicAxes[] {
  const signals = new Map<number, string>();
  const signalName = (length: number): string => {
    if (!signals.has(length)) signals.set(length, signals.size === 0 ? "L" : `L${signals.size + 1}`);
    return signals.get(length)!;
  };
  return shapes.map((shape) => {
    if (shape.length === 0) return {};
    const last = shape.length - 1;
    return { 0: "N", ...(last > 0 && { [last]: signalName(shape[last]!) }) };
  });
}

/** Of the usual axes those that the file leaves open, and others to which it gives the name of one of these: the batch of a recurrence's states. */
function openAxes(
  shapes: readonly Shape[],
  usual: readonly DynamicAxes[],
  declared: readonly (readonly (number | string)[])[],
): DynamicAxes[] {
  const named = new Map<string, string>();
  const free = shapes.map((shape, i) =>
    Object.fromEntries(
      Object.entries(usual[i]!).filter(([axis, name]) => {
        const given = declared[i]![Number(axis)];
        if (typeof given === "string") named.set(`${given} ${shape[Number(axis)]}`, name);
        return typeof given === "string";
      }),
    ),
  );
  return shapes.map((shape, i) => {
    const others = declared[i]!.flatMap((given, axis) => {
      const name = given === "" ? undefined : named.get(`${given} ${shape[axis]}`);
      return typeof given === "string" && name !== undefined ? [[axis, name] as const] : [];
    });
    return { ...Object.fromEntries(others), ...free[i] };
  });
}

/** The free axes of one input: a mistake in them would fix a length without a word. */
function checkAxes(axes: unknown, shape: Shape): DynamicAxes {
  if (typeof axes !== "object" || axes === null)
    throw new OptionTypeError(
      `exportOnnx: dynamic must say names by axes for every input, such as { 2: "L" }, got ${show(axes)}`,
    );
  for (const [axis, name] of Object.entries(axes)) {
    if (!/^\d+$/.test(axis) || Number(axis) >= shape.length)
      throw new OptionError(
        `exportOnnx: dynamic names axis ${axis}; an input of shape ${showShape(shape)} has 0..${shape.length - 1}`,
      );
    if (typeof name !== "string" || name === "")
      throw new OptionTypeError(`exportOnnx: dynamic must say a name for axis ${axis}, got ${show(name)}`);
  }
  return axes as DynamicAxes;
}
