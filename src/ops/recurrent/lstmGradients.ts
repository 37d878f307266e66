import type { Tensor } from "../../graph/tensor.ts";
import { conv, convWeight } from "../convolution/kernels.ts";
import { add, mul, sub } from "../elementwise/binary.ts";
import { sigmoid, square, tanh } from "../elementwise/unary.ts";
import { cat } from "../shape/cat.ts";
import { reshape } from "../shape/reshape.ts";
import { slice, split } from "../shape/slice.ts";
import { matrixGeometry } from "./matrixGeometry.ts";
import { back, byMoment, type Moments, ofMoments, slope } from "./moments.ts";

/**
 * The gradients of `lstm` for gates, weightHh and initial: backpropagation through time, out of other operations, hence differentiable
 * again. With the states known, gates and slopes are computed for all moments at once, and so is the gradient of the weight. What runs
 * from the last moment to the first is a dozen operations per moment; no kernel does it as one, so a long signal makes a long graph.
 */
export function lstmGradients(node: Tensor, g: Tensor, { hidden }: { hidden: number }): (Tensor | null)[] {
  const [gates, weightHh, initial] = node.inputs as [Tensor, Tensor, Tensor];
  const [batch, , length] = gates.shape as [number, number, number];
  if (length === 0) return [null, null, null];
  const weight = reshape(weightHh, [4 * hidden, hidden, 1]);
  const before = cat([reshape(initial, [batch, 2 * hidden, 1]), slice(node, 2, 0, length - 1)], 2);
  const [hiddenBefore, cellBefore] = split(before, hidden, 1) as [Tensor, Tensor];
  const pre = add(gates, conv(hiddenBefore, weight, matrixGeometry(batch, hidden, 4 * hidden, length)));
  const [i, f, o] = [0, 1, 3].map((gate) => sigmoid(slice(pre, 1, gate * hidden, (gate + 1) * hidden))) as Three;
  const candidate = tanh(slice(pre, 1, 2 * hidden, 3 * hidden));
  const squashed = tanh(slice(node, 1, hidden));

  // ∂c/∂(pre of i, f, g) and ∂h/∂(pre of o), side by side; ∂h/∂c; ∂c[t+1]/∂c[t].
  const slopes = cat(
    [mul(candidate, slope(i)), mul(cellBefore, slope(f)), mul(i, sub(1, square(candidate))), mul(squashed, slope(o))],
    1,
  );
  const [slopesAt, throughAt, forgetAt, givenAt] = [slopes, mul(o, sub(1, square(squashed))), f, g].map(byMoment) as [
    Moments,
    Moments,
    Moments,
    Moments,
  ];

  const found: Tensor[] = [];
  /** What arrives at the states of moment t from the moment after it. */
  let [fromHidden, fromCell]: (Tensor | null)[] = [null, null];
  for (let t = length - 1; t >= 0; t--) {
    const [givenHidden, givenCell] = split(givenAt(t), hidden, 1) as [Tensor, Tensor];
    const ofHidden: Tensor = fromHidden ? add(givenHidden, fromHidden) : givenHidden;
    const direct = add(givenCell, mul(ofHidden, throughAt(t)));
    const ofCell: Tensor = fromCell ? add(direct, fromCell) : direct;
    const ofPre = mul(cat([ofCell, ofCell, ofCell, ofHidden], 1), slopesAt(t));
    found.unshift(ofPre);
    [fromHidden, fromCell] = [back(ofPre, weight), mul(ofCell, forgetAt(t))];
  }
  const ofGates = ofMoments(found);
  const ofWeight = convWeight(hiddenBefore, ofGates, matrixGeometry(batch, hidden, 4 * hidden, length));
  return [ofGates, reshape(ofWeight, weightHh.shape), cat([fromHidden!, fromCell!], 1)];
}

type Three = [Tensor, Tensor, Tensor];
