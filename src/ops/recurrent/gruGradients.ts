import type { Tensor } from "../../graph/tensor.ts";
import { conv, convWeight } from "../convolution/kernels.ts";
import { add, mul, sub } from "../elementwise/binary.ts";
import { sigmoid, square, tanh } from "../elementwise/unary.ts";
import { sum } from "../reduce/sum.ts";
import { cat } from "../shape/cat.ts";
import { reshape } from "../shape/reshape.ts";
import { slice } from "../shape/slice.ts";
import type { GruAttributes } from "./gru.ts";
import { matrixGeometry } from "./matrixGeometry.ts";
import { back, byMoment, type Moments, ofMoments, slope } from "./moments.ts";

/**
 * The gradients of `gru` for gates, weightHh, biasHh and initial, as those of `lstm`: out of other operations, gates and slopes for all
 * moments at once, then about ten operations per moment from the last one to the first.
 */
export function gruGradients(node: Tensor, g: Tensor, { hidden, resetAfter }: GruAttributes): (Tensor | null)[] {
  const [gates, weightHh, biasHh, initial] = node.inputs as [Tensor, Tensor, Tensor, Tensor];
  const [batch, , length] = gates.shape as [number, number, number];
  if (length === 0) return [null, null, null, null];
  const before = cat([reshape(initial, [batch, hidden, 1]), slice(node, 2, 0, length - 1)], 2);
  const rowsOf = (x: Tensor, axis: number, from: number, to: number): Tensor =>
    slice(x, axis, from * hidden, to * hidden);
  /** The rows of the weight for the gates `from … to − 1`, their products with x, and the gradient of these rows. */
  const geometry = (from: number, to: number) => matrixGeometry(batch, hidden, (to - from) * hidden, length);
  const weight = (from: number, to: number): Tensor =>
    reshape(rowsOf(weightHh, 0, from, to), [(to - from) * hidden, hidden, 1]);
  const product = (x: Tensor, from: number, to: number): Tensor =>
    add(conv(x, weight(from, to), geometry(from, to)), reshape(rowsOf(biasHh, 0, from, to), [-1, 1]));

  const pre = add(rowsOf(gates, 1, 0, 2), product(before, 0, 2));
  const [r, z] = [sigmoid(rowsOf(pre, 1, 0, 1)), sigmoid(rowsOf(pre, 1, 1, 2))];
  const scaled = resetAfter ? before : mul(r, before);
  const inner = product(scaled, 2, 3);
  const n = tanh(add(rowsOf(gates, 1, 2, 3), resetAfter ? mul(r, inner) : inner));

  // ∂h/∂(x_n), ∂h/∂(x_z), and what becomes ∂h/∂(x_r): of the gradient of n with resetAfter, else of the gradient of r · h.
  const slopeN = mul(sub(1, z), sub(1, square(n)));
  const slopeZ = mul(sub(before, n), slope(z));
  const slopeR = mul(resetAfter ? inner : before, slope(r));
  const [givenAt, updateAt, resetAt, slopesAt] = [g, z, r, cat([slopeR, slopeZ, slopeN], 1)].map(byMoment) as [
    Moments,
    Moments,
    Moments,
    Moments,
  ];
  const [weightRz, weightN] = [weight(0, 2), weight(2, 3)];
  const [found, foundInner]: [Tensor[], Tensor[]] = [[], []];
  let fromNext: Tensor | null = null;
  for (let t = length - 1; t >= 0; t--) {
    const ofHidden: Tensor = fromNext ? add(givenAt(t), fromNext) : givenAt(t);
    const [toR, toZ, toN] = [0, 1, 2].map((gate) => rowsOf(slopesAt(t), 1, gate, gate + 1)) as [Tensor, Tensor, Tensor];
    const ofN = mul(ofHidden, toN);
    const ofInner = resetAfter ? mul(ofN, resetAt(t)) : ofN;
    const ofScaled = back(ofInner, weightN);
    const ofRz = cat([mul(resetAfter ? ofN : ofScaled, toR), mul(ofHidden, toZ)], 1);
    found.unshift(cat([ofRz, ofN], 1));
    foundInner.unshift(ofInner);
    const direct = add(mul(ofHidden, updateAt(t)), resetAfter ? ofScaled : mul(ofScaled, resetAt(t)));
    fromNext = add(direct, back(ofRz, weightRz));
  }
  const ofGates = ofMoments(found);
  const ofProducts = [rowsOf(ofGates, 1, 0, 2), ofMoments(foundInner)] as const;
  const ofWeight = [
    convWeight(before, ofProducts[0], geometry(0, 2)),
    convWeight(scaled, ofProducts[1], geometry(2, 3)),
  ];
  return [ofGates, reshape(cat(ofWeight, 0), weightHh.shape), sum(cat(ofProducts, 1), [0, 2]), fromNext];
}
