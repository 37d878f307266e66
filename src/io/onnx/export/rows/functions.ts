/** Functions that ONNX has a word for, whatever they are made of here. */
import type { AvgPool } from "../../../../ops/pooling/avgPool1d.ts";
import type { Pool } from "../../../../ops/pooling/windows.ts";
import type { OnnxAttribute } from "../../proto/index.ts";
import { isConstant } from "../lengths.ts";
import { alike, type Emission, first, lengthsOf, overLabel, type Row, type Rows, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";
import { paddedWith } from "./padding.ts";
import { resampled } from "./resampling.ts";

/** A row for the attributes of a function, if they are the same in every trace. */
const inOneForm =
  <A>(row: (attributes: A) => Row): Row =>
  (site) => {
    const { attributes } = site.label!;
    return alike(attributes) ? row(attributes[0] as A)(site) : null;
  };

const alongAxis = (opType: string): Row =>
  inOneForm<{ axis: number }>(({ axis }) =>
    overLabel(
      () =>
        ({ emitter }, x) =>
          emitter.node(opType, [x!], { axis: { int: axis } }),
    ),
  );

const reduction = (opType: string): Row =>
  inOneForm<{ axes: readonly number[] | null; keepDim: boolean }>(({ axes, keepDim }) =>
    overLabel(
      () =>
        ({ emitter }, x) =>
          emitter.node(opType, [x!], {
            ...(axes && { axes: { ints: axes } }),
            keepdims: { int: keepDim ? 1 : 0 },
          }),
    ),
  );

/** ONNX pools signals with a batch only. */
const batched =
  (write: (writing: Writing, x: string) => string): ((site: Site) => Emission["write"]) =>
  (site) =>
  (writing, x) => {
    if (first(site).rank === 3) return write(writing, x!);
    const { emitter } = writing;
    const axis = emitter.integers([0]);
    return emitter.node("Squeeze", [write(writing, emitter.node("Unsqueeze", [x!, axis])), axis]);
  };

const windowAttributes = ({ kernelSize, stride, padding, ceilMode }: Pool): Record<string, OnnxAttribute> => ({
  kernel_shape: { ints: [kernelSize] },
  strides: { ints: [stride] },
  pads: { ints: [padding, padding] },
  ceil_mode: { int: ceilMode ? 1 : 0 },
});

/** A pool whose only window is the whole signal, of whatever length, or one that `row` has words for. */
const pooled =
  (whole: string, row: Row): Row =>
  (site) => {
    const { label } = site;
    const lengths = lengthsOf(label!.inputs[0]!, -1);
    const isWhole = (label!.attributes as readonly Pool[]).every(
      ({ kernelSize, padding, dilation }, i) =>
        kernelSize === lengths[i] && padding === 0 && (dilation === 1 || kernelSize === 1),
    );
    if (!isWhole || isConstant(lengths)) return row(site);
    return overLabel(batched(({ emitter }, x) => emitter.node(whole, [x])))(site);
  };

/** A pool over the whole signal. */
const adaptive = (opType: string): Row =>
  inOneForm<{ outputSize: number }>(({ outputSize }) =>
    outputSize === 1 ? overLabel(batched(({ emitter }, x) => emitter.node(opType, [x]))) : () => null,
  );

export const functions: Rows = {
  leakyRelu: inOneForm<{ slope: number }>(({ slope }) =>
    overLabel(
      () =>
        ({ emitter }, x) =>
          emitter.node("LeakyRelu", [x!], { alpha: { float: slope } }),
    ),
  ),
  elu: inOneForm<{ alpha: number }>(({ alpha }) =>
    overLabel(
      () =>
        ({ emitter }, x) =>
          emitter.node("Elu", [x!], { alpha: { float: alpha } }),
    ),
  ),
  softmax: alongAxis("Softmax"),
  logSoftmax: alongAxis("LogSoftmax"),
  mean: reduction("ReduceMean"),
  max: reduction("ReduceMax"),
  min: reduction("ReduceMin"),
  pad: paddedWith,
  maxPool1d: pooled(
    "GlobalMaxPool",
    inOneForm<Pool>((pool) =>
      overLabel(
        batched(({ emitter }, x) =>
          emitter.node("MaxPool", [x], { ...windowAttributes(pool), dilations: { ints: [pool.dilation] } }),
        ),
      ),
    ),
  ),
  avgPool1d: pooled(
    "GlobalAveragePool",
    inOneForm<AvgPool>((pool) =>
      overLabel(
        batched(({ emitter }, x) =>
          emitter.node("AveragePool", [x], {
            ...windowAttributes(pool),
            count_include_pad: { int: pool.countIncludePad ? 1 : 0 },
          }),
        ),
      ),
    ),
  ),
  adaptiveAvgPool1d: adaptive("GlobalAveragePool"),
  adaptiveMaxPool1d: adaptive("GlobalMaxPool"),
  linear: overLabel((site) => ({ emitter }, x, weight, bias) => {
    if (first(site).rank === 2)
      return emitter.node("Gemm", bias ? [x!, weight!, bias] : [x!, weight!], { transB: { int: 1 } });
    const product = emitter.node("MatMul", [x!, emitter.transpose(weight!, [1, 0])]);
    return bias ? emitter.node("Add", [product, bias]) : product;
  }),
  matmul: overLabel(
    () =>
      ({ emitter }, a, b) =>
        emitter.node("MatMul", [a!, b!]),
  ),
  interpolate: resampled,
};
