import { F, gradients, nn, type Tensor, tensor } from "atrous";
import type { FloatDType } from "../../src/core/dtype.ts";
import type { ConvTranspose1dOptions } from "../../src/core/geometry.ts";
import { distance, TOLERANCE } from "./closeness.ts";

type FloatArray = Float32Array | Float64Array;

/** One configuration with PyTorch's answers, as conv.py writes it. */
export interface ConvCase {
  readonly layer: "Conv1d" | "ConvTranspose1d";
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly options: ConvTranspose1dOptions;
  readonly bias: boolean;
  /** `null` for an input without a batch axis. */
  readonly batch: number | null;
  readonly length: number;
  readonly outputLength: number | null;
  readonly dtype: FloatDType;
  /** `"eighths"`: every sum is exact in float32, so that results are equal; `"reals"`: they are close. */
  readonly values: "eighths" | "reals";
  /** `[shape, base64]` by name: x, w, b, the weights c, cx, cw, cb, and what is compared (see `answer`). */
  readonly arrays: Readonly<Record<string, readonly [shape: number[], base64: string]>>;
}

/** The two ways to the same convolution: a layer that loads a state dict, and the function. */
export type Face = "layer" | "function";

/** A sentence per array that is not PyTorch's; none when all agree. */
export function disagreements(given: ConvCase, face: Face): string[] {
  return Object.entries(answer(given, face)).flatMap(([name, result]) => {
    const [shape, base64] = given.arrays[name.split(".")[0]!]!;
    if (String(result.shape) !== String(shape)) return `${name}: shape [${result.shape}], PyTorch has [${shape}]`;
    if (result.dtype !== given.dtype) return `${name}: ${result.dtype} instead of ${given.dtype}`;
    const error = distance(result.dataSync(), decode(base64, given.dtype));
    if (error <= (given.values === "eighths" ? 0 : TOLERANCE[given.dtype])) return [];
    return `${name}: off by ${error}\n  ours    ${result.dataSync().join(" ")}\n  PyTorch ${decode(base64, given.dtype).join(" ")}`;
  });
}

/**
 * y; the gradients gx, gw, gb of s1 = Σ y·c; the gradients hx, hw, hc of s2 = Σ gx·cx + Σ gw·cw + Σ gb·cb; and what
 * `s1.backward()` leaves in `.grad`, as `gx.grad` and so on. The gradient of s1 with respect to c is y.
 */
function answer(given: ConvCase, face: Face): Record<string, Tensor> {
  const names = given.bias ? ["x", "w", "b"] : ["x", "w"];
  const once = build(given, face);
  const s1 = once.y.mul(once.c).sum();
  const first = gradients(
    s1,
    names.map((name) => once[name]!),
  );
  const s2 = first.map((g, i) => g.mul(input(given, `c${names[i]}`)).sum()).reduce((a, b) => a.add(b));
  const [hx, hw, hc] = gradients(s2, [once.x, once.w, once.c]);

  const again = build(given, face);
  again.y.mul(again.c).sum().backward();
  return {
    y: once.y,
    ...Object.fromEntries(names.map((name, i) => [`g${name}`, first[i]!])),
    ...{ hx: hx!, hw: hw!, hc: hc! },
    ...Object.fromEntries(names.map((name) => [`g${name}.grad`, again[name]!.grad!])),
    "y.grad of c": again.c.grad!,
  };
}

interface Built extends Record<string, Tensor> {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly c: Tensor;
  readonly y: Tensor;
}

function build(given: ConvCase, face: Face): Built {
  const [x, c] = [input(given, "x"), input(given, "c")];
  return face === "layer" ? { x, c, ...throughLayer(given, x) } : { x, c, ...throughFunction(given, x) };
}

function throughLayer(given: ConvCase, x: Tensor): { w: Tensor; b?: Tensor; y: Tensor } {
  const { inChannels, outChannels, kernelSize, dtype, bias, outputLength } = given;
  const options = { ...inBrackets(given.options), dtype, bias };
  const layer = new nn[given.layer](inChannels, outChannels, [kernelSize], options);
  layer.loadStateDict({ weight: input(given, "w"), ...(bias && { bias: input(given, "b") }) });
  const y =
    outputLength === null
      ? layer.forward(x)
      : (layer as nn.ConvTranspose1d).forward(x, { outputLength: [outputLength] });
  return { w: layer.weight, ...(layer.bias && { b: layer.bias }), y };
}

/** Per-dimension options the other way they may be written: `[3]` for `3`. */
const inBrackets = (options: ConvCase["options"]): ConvCase["options"] =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      ["stride", "dilation", "outputPadding"].includes(name) ? [value] : value,
    ]),
  );

function throughFunction(given: ConvCase, x: Tensor): { w: Tensor; b?: Tensor; y: Tensor } {
  const { options, outputLength } = given;
  const w = input(given, "w");
  const b = given.bias ? input(given, "b") : null;
  const y =
    given.layer === "Conv1d"
      ? F.conv1d(x, w, b, options)
      : F.convTranspose1d(x, w, b, outputLength === null ? options : { ...options, outputLength });
  return { w, ...(b && { b }), y };
}

function input({ arrays, dtype }: ConvCase, name: string): Tensor {
  const [shape, base64] = arrays[name]!;
  return tensor(decode(base64, dtype), { shape, requiresGrad: true });
}

/** Little-endian elements, as every machine that runs JavaScript has them. */
export function decode(base64: string, dtype: FloatDType): FloatArray {
  const { buffer } = Uint8Array.from(Buffer.from(base64, "base64"));
  return dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
}

/** The configuration without its arrays, for a message. */
export const describeCase = ({ arrays: _, ...configuration }: ConvCase): string => JSON.stringify(configuration);
