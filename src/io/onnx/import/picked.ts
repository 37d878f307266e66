import type { Tensor } from "../../../graph/tensor.ts";
import { interpolate } from "../../../ops/resample/interpolate.ts";
import { gather } from "../../../ops/shape/gather.ts";

/**
 * The elements at places along an axis. Every sample several times, in order, is a resampling: one that means the same at other
 * lengths.
 */
export function picked(x: Tensor, axis: number, index: Int32Array): Tensor {
  const times = index.length / x.shape[axis]!;
  const isSignal = (x.rank === 2 || x.rank === 3) && axis === x.rank - 1;
  if (isSignal && Number.isInteger(times) && times > 1 && index.every((place, t) => place === Math.floor(t / times)))
    return interpolate(x, { scaleFactor: times });
  return gather(x, axis, index, { kind: "index" });
}
