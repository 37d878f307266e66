import type { DType } from "../../core/dtype.ts";
import type { Conv1dGeometry } from "../../core/geometry.ts";
import type { PlannedCall, Step } from "../../plan/plan.ts";
import { type I32, i32, ifThen, perform, type Statement } from "./assembler/index.ts";
import type { Emission, EmitKernel, Operands } from "./emission.ts";
import { emitArgmaxWindow } from "./kernels/argmaxWindow.ts";
import { emitConcat } from "./kernels/concat.ts";
import { type Convolution, convolutionOf } from "./kernels/convolution/index.ts";
import { emitCopy } from "./kernels/copy.ts";
import { emitCumsum } from "./kernels/cumsum.ts";
import { emitGather } from "./kernels/gather.ts";
import { emitMap } from "./kernels/map/index.ts";
import { emitPut } from "./kernels/put.ts";
import { emitRecurrence } from "./kernels/recurrence.ts";
import { emitScatterAdd } from "./kernels/scatterAdd.ts";
import { emitSum } from "./kernels/sum.ts";
import { emitTake } from "./kernels/take.ts";

type Convolutions = "conv1d" | "conv1dInput" | "conv1dWeight";
type Others = Exclude<PlannedCall["kernel"], Convolutions>;
type AttributesOf<K> = Extract<PlannedCall, { kernel: K }>["attributes"];

/** `cast` has two element types, and is left to the reference kernel. */
const emitters: { readonly [K in Others]: EmitKernel<AttributesOf<K>> } = {
  map: emitMap,
  sum: emitSum,
  gather: emitGather,
  scatterAdd: emitScatterAdd,
  copy: emitCopy,
  concat: emitConcat,
  argmaxWindow: emitArgmaxWindow,
  take: emitTake,
  put: emitPut,
  recurrence: emitRecurrence,
  cumsum: emitCumsum,
  cast: () => null,
};

/** The convolution that a step is, if there is a kernel for its element type. */
export function convolutionStep({ call, epilogue }: Step, type: DType): Convolution | null {
  const { kernel, attributes } = call;
  if (type !== "float32" || (kernel !== "conv1d" && kernel !== "conv1dInput" && kernel !== "conv1dWeight")) return null;
  const geometry = attributes as Conv1dGeometry;
  const { batch, inChannels, outChannels, xLength, gLength } = geometry;
  // The loops of the tiles run at least once.
  if (batch * inChannels * outChannels * xLength * gLength === 0) return null;
  return convolutionOf(kernel, geometry, epilogue);
}

/**
 * The code of one step. `packed` is the address of a convolution's weights in its own order; `byReference` has the reference kernel
 * do the step.
 */
export function lowerStep(
  emission: Emission,
  { call, epilogue }: Step,
  operands: Operands,
  convolution: Convolution | null,
  packed: I32 | null,
  byReference: Statement,
): Statement {
  if (!convolution) {
    const emit = emitters[call.kernel as Others] as EmitKernel<unknown>;
    return (emit && epilogue === null && emit(emission, call.attributes, operands)) || byReference;
  }
  const { run, scratch } = convolution.emit(emission);
  const [first, second, ...others] = operands.inputs as [I32, I32, ...I32[]];
  const finished = convolution.finishes ? others : [];
  const fast: Statement[] = [
    perform(run, first, packed ?? second, operands.out, emission.scratch(scratch), ...finished),
  ];
  if (epilogue && !convolution.finishes) {
    const after = emitMap(emission, epilogue, {
      ...operands,
      inputs: [operands.out, ...others],
      inputTypes: [operands.outType, ...operands.inputTypes.slice(2)],
    });
    if (!after) return byReference;
    fast.push(after);
  }
  return convolution.weights?.flagged && packed ? ifThen(i32.load(packed), [byReference], fast) : fast;
}
