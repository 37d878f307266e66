import { ShapeError } from "../../core/errors.ts";
import { showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { conv } from "../convolution/kernels.ts";
import { add } from "../elementwise/binary.ts";
import { checkFloatTensor, checkSameDType, checkTensor } from "../elementwise/operand.ts";
import { sum } from "../reduce/sum.ts";
import { reshape } from "../shape/reshape.ts";

/**
 * The matrix product `y[m,n] = Σ a[m,k] · b[k,n]` of `(M, K)` and `(K, N)`; either side may have a batch axis in front, and two
 * batches must agree. It is a convolution with one tap: the rows of `a` are its filters, the columns of `b` its samples, a batch
 * on both sides its groups. So the sum runs in float32 over ascending `k`, and no operand is copied.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.matmul.html (its cases of 2 and 3 axes)
 * @throws ShapeError, DTypeError
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkMatrices(a, b);
  const [rows, inner, columns] = [a.shape.at(-2)!, a.shape.at(-1)!, b.shape.at(-1)!];
  const paired = a.rank === 3 && b.rank === 3 ? a.shape[0]! : 1;
  // No matrices at all: any expression of the right shape that depends on both.
  if (paired === 0) return add(sum(a, -1, { keepDim: true }), sum(b, -2, { keepDim: true }));
  const filters = (a.rank === 3 ? a.shape[0]! : 1) * rows;
  const batch = a.rank === 2 && b.rank === 3 ? b.shape[0]! : 1;
  const y = conv(reshape(b, [batch, paired * inner, columns]), reshape(a, [filters, inner, 1]), {
    ...{ batch, groups: paired, inChannels: paired * inner, outChannels: filters },
    ...{ kernelSize: 1, stride: 1, dilation: 1, padBefore: 0, xLength: columns, gLength: columns },
  });
  const lead = a.rank === 3 ? a.shape.slice(0, 1) : b.shape.slice(0, -2);
  return composed("matmul", [a, b], null, reshape(y, [...lead, rows, columns]));
}

function checkMatrices(a: Tensor, b: Tensor): void {
  checkFloatTensor("matmul", a);
  checkTensor("matmul", b);
  checkSameDType("matmul", a, b);
  const shapes = `got shapes ${showShape(a.shape)} and ${showShape(b.shape)}`;
  if (![2, 3].includes(a.rank) || ![2, 3].includes(b.rank))
    throw new ShapeError(`matmul: expected matrices (rows, columns) or (batch, rows, columns), ${shapes}`);
  if (a.shape.at(-1) !== b.shape.at(-2))
    throw new ShapeError(
      `matmul: the columns of the first (${a.shape.at(-1)}) must be the rows of the second (${b.shape.at(-2)}), ${shapes}`,
    );
  if (a.rank === 3 && b.rank === 3 && a.shape[0] !== b.shape[0])
    throw new ShapeError(`matmul: the batches ${a.shape[0]} and ${b.shape[0]} differ, ${shapes}`);
}
