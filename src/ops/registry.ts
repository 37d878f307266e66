import type { ScalarFunction } from "../core/kernels.ts";
import type { AnyOp } from "../graph/op.ts";
import { convOp, inputOp } from "./convolution/kernels.ts";
import { detachOp } from "./detach.ts";
import { elementwiseOp } from "./elementwise/elementwise.ts";
import { argmaxOp, takeOp } from "./pooling/maxWindow.ts";
import { sumOp } from "./reduce/sum.ts";
import { broadcastOp } from "./shape/broadcast.ts";
import { castOp } from "./shape/cast.ts";
import { catOp } from "./shape/cat.ts";
import { gatherOp, scatterOp } from "./shape/gather.ts";
import { reshapeOp } from "./shape/reshape.ts";
import { permuteOp } from "./shape/transpose.ts";

const listed = [
  ...[convOp, inputOp, gatherOp, scatterOp, broadcastOp, castOp, catOp, reshapeOp, permuteOp],
  ...[detachOp, sumOp, argmaxOp, takeOp],
] as unknown as readonly AnyOp[];

const byName = new Map(listed.map((op) => [op.name, op]));

/** The operation of a name, for graphs that were written down: a listed one, or the elementwise function of that name. No gradients. */
export function opNamed(name: string): AnyOp {
  let op = byName.get(name);
  if (!op) {
    op = elementwiseOp(name as ScalarFunction, null) as unknown as AnyOp;
    byName.set(name, op);
  }
  return op;
}
