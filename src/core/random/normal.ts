import { OptionError } from "../errors.ts";
import { fma64 } from "./fma.ts";
import type { Generator } from "./generator.ts";
import { shapeBlock32, shapeBlock64 } from "./normalBlocks.ts";

/**
 * `torch.Tensor.normal_`. Two algorithms, as in PyTorch: fewer than 16 elements are drawn one by one in double, with the
 * second of each Box-Muller pair kept for the next call; 16 and more in blocks, which leave the kept one alone. The
 * last 16 elements are drawn a second time when the size is no multiple of 16.
 *
 * Not a method: a page whose layers start from uniform numbers, as convolutions do, need not load it.
 */
export function drawNormal<T extends Float32Array | Float64Array>(generator: Generator, out: T, mean = 0, std = 1): T {
  if (!(std >= 0)) throw new OptionError(`normal: std ${std} is not >= 0`);
  const size = out.length;
  if (size < 16) {
    for (let i = 0; i < size; i++) out[i] = fma64(standardNormal(generator), std, mean);
    return out;
  }
  generator.uniform(out);
  const shape = out instanceof Float32Array ? shapeBlock32 : shapeBlock64;
  for (let i = 0; i + 16 <= size; i += 16) shape(out, i, mean, std);
  if (size % 16 !== 0) {
    generator.uniform(out.subarray(size - 16));
    shape(out, size - 16, mean, std);
  }
  return out;
}

function standardNormal(generator: Generator): number {
  const { spare } = generator;
  if (spare !== null) {
    generator.spare = null;
    return spare;
  }
  const theta = 2 * Math.PI * generator.float64();
  const radius = Math.sqrt(-2 * Math.log1p(-generator.float64()));
  generator.spare = radius * Math.sin(theta);
  return radius * Math.cos(theta);
}
