import { allocate, checkDType, type DType, dtypeOf, type TypedArray } from "../core/dtype.ts";
import { GraphError, OptionTypeError, ShapeError } from "../core/errors.ts";
import { checkOptions, show } from "../core/options.ts";
import { type Shape, showShape } from "../core/shape.ts";
import { type Compiled, getBackend } from "../graph/backend.ts";
import { evaluateSync, topologicalOrder } from "../graph/evaluate.ts";
import { makeLeaf, Tensor } from "../graph/tensor.ts";
import { type InputShapes, shapesOf } from "./shapes.ts";
import { type Network, trace } from "./trace.ts";

export interface CompileOptions {
  /** The element type of the inputs; "float32" by default. */
  dtype?: DType;
}

/** A network as a function of numbers. */
export interface CompiledFunction<T extends TypedArray = Float32Array> {
  /**
   * The inputs in row-major order, then, if wanted, an array for the result. Without one the result comes in the same array every time,
   * which the next call overwrites.
   */
  (...arrays: T[]): T;
  /** Of the result. */
  readonly shape: Shape;
  /** @internal See `Compiled`. */
  readonly again?: () => void;
  /** @internal */
  readonly details?: () => unknown;
}

/**
 * Keeps the plan of a network for inputs of one shape: typed array in, typed array out, synchronous. With one input nothing is allocated per
 * call.
 *
 * `net` is a module, or a function of tensors that returns a tensor; `shape` the shape of its input, or a list of the shapes of its
 * inputs. It is called once, here, in evaluation mode and without gradients. Later changes of parameters (training,
 * `loadStateDict`) are followed; later changes of anything else, such as the value of a plain tensor that it uses, are not.
 *
 * ```ts
 * const denoise = compile(net, [1, 1, 4096]);
 * const clean = denoise(noisy); // Float32Array(4096) → Float32Array
 * ```
 *
 * @throws ShapeError when an array of the wrong length is given, GraphError when the backend computes asynchronously
 */
export function compile<T extends TypedArray = Float32Array>(
  net: Network,
  shape: InputShapes,
  options: CompileOptions = {},
): CompiledFunction<T> {
  checkOptions("compile", options, ["dtype"]);
  const dtype = checkDType("compile", options.dtype ?? "float32");
  const shapes = shapesOf("compile", shape);
  const backend = getBackend();
  if (!backend.synchronous)
    throw new GraphError(`compile: backend ${backend.name} computes asynchronously; choose a synchronous one`);

  const inputs = shapes.map((given) => new Tensor({ shape: given, dtype }));
  const output = trace("compile", net, inputs);
  // A parameter that was assigned an expression is a leaf all the same, so that the compiled network follows its next value.
  evaluateSync(orderOf(output).filter((node) => node.owner !== node));
  const order = orderOf(output);
  const run =
    backend.compile?.(order, [output], inputs) ??
    ((given, [into]) => {
      const leaves = given.map((array, i) => makeLeaf(array, shapes[i]!, dtype));
      const node = trace("compile", net, leaves);
      evaluateSync([node]);
      into!.set(node.value as never);
    });
  return asFunction<T>(run, inputs, output);
}

const orderOf = (output: Tensor): Tensor[] => topologicalOrder([output], (node) => node.value === null);

function asFunction<T extends TypedArray>(
  run: Compiled,
  inputs: readonly Tensor[],
  output: Tensor,
): CompiledFunction<T> {
  const own = allocate(output.dtype, output.size) as T;
  const given = new Array<T>(inputs.length);
  const into = [own];
  const call = (result: T | undefined): T => {
    for (let i = 0; i < inputs.length; i++) checkArray(i, given[i], inputs[i]!);
    if (result !== undefined) checkArray(-1, result, output);
    into[0] = result ?? own;
    run(given, into);
    return into[0];
  };
  const several = (...arrays: T[]): T => {
    if (arrays.length < inputs.length || arrays.length > inputs.length + 1)
      throw new ShapeError(`compiled network: expected ${inputs.length} arrays, got ${arrays.length}`);
    for (let i = 0; i < inputs.length; i++) given[i] = arrays[i]!;
    return call(arrays[inputs.length]);
  };
  // A rest parameter is an array made per call.
  const one = (array: T, result?: T): T => {
    given[0] = array;
    return call(result);
  };
  return Object.assign(inputs.length === 1 ? one : several, {
    shape: output.shape,
    ...(run.again && { again: run.again }),
    ...(run.details && { details: run.details }),
  });
}

/** `index` counts the inputs; −1 is the result. A text made for the error before there is one would be garbage of every call. */
function checkArray(index: number, array: unknown, { shape, dtype, size }: Tensor): void {
  const fits = dtypeOf(array) === dtype;
  if (fits && (array as TypedArray).length === size) return;
  const what = `compiled network: ${index < 0 ? "the result" : `input ${index}`}`;
  if (!fits) throw new OptionTypeError(`${what} must be the typed array of ${dtype}, got ${show(array)}`);
  const { length } = array as TypedArray;
  throw new ShapeError(`${what} has shape ${showShape(shape)}, ${size} numbers, got ${length}`);
}
