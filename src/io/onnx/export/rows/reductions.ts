/** Sums, and the largest of a row. */
import type { SlidingWindows } from "../../../../ops/pooling/maxWindow.ts";
import { ONNX_TYPES } from "../emitter.ts";
import { refuse } from "../refuse.ts";
import { first, lengthsOf, over, type Rows, settled } from "../row.ts";

export const reductions: Rows = {
  sum: over((site) => ({ emitter }, x) => {
    const { axes } = settled<{ axes: readonly number[] }>(site);
    return emitter.node("ReduceSum", [x!, emitter.integers(axes)]);
  }),
  argmaxWindow: (site) => {
    const lengths = lengthsOf(site.inputs[0]!, -1);
    const whole = site.attributes.every((windows, i) => {
      const { kernelSize, outLength, padBefore } = windows as SlidingWindows;
      return kernelSize === lengths[i] && outLength === 1 && padBefore === 0;
    });
    if (!whole)
      return refuse("the network computes where in a sliding window the largest number is, which ONNX cannot say");
    return {
      inputs: site.inputs,
      write: ({ emitter }, x) => {
        const place = emitter.node("ArgMax", [x!], { axis: { int: -1 } });
        return emitter.node("Cast", [place], { to: { int: ONNX_TYPES[first(site).dtype] } });
      },
    };
  },
  take: over(
    () =>
      ({ emitter }, x, index) =>
        emitter.node("GatherElements", [x!, index!], { axis: { int: -1 } }),
  ),
  cumsum: over(() => ({ emitter }, x, initial) => {
    const sums = emitter.node("CumSum", [x!, emitter.number(-1, "int64")]);
    return emitter.node("Add", [sums, emitter.node("Unsqueeze", [initial!, emitter.integers([-1])])]);
  }),
};
