/** Networks from a file to a file. */
import "../../index.ts";
import { FormatError, OptionError } from "../../core/errors.ts";
import { memoryDType } from "../../io/bytes/elements.ts";
import { exportNam } from "../../io/nam/exportNam.ts";
import { importNam } from "../../io/nam/importNam.ts";
import { exportOnnx } from "../../io/onnx/export/exportOnnx.ts";
import { importOnnx } from "../../io/onnx/import/importOnnx.ts";
import { fileKind } from "../../io/stateDict/sniff.ts";
import { besideModel } from "../files/external.ts";
import { type AnyOnnxModel, shapesFor } from "../onnx/shapes.ts";
import type { Request } from "./request.ts";

export interface Converted {
  readonly bytes: Uint8Array;
  readonly tensors: number;
}

/** @throws FormatError for a file that has no network, or of a kind that there is no way from */
export function convertNetwork(bytes: Uint8Array, request: Request): Converted {
  const kind = fileKind(bytes);
  if (kind === "nam") {
    const net = importNam(bytes).eval();
    const tensors = net.parameters().length;
    if (request.kind === "nam") return { bytes: exportNam(net), tensors };
    const metadata = { sample_rate: String(net.sampleRate) };
    return { bytes: exportOnnx(net, request.shape ?? [1, 1, 4096], { metadata }), tensors };
  }
  if (kind === "onnx" && request.kind === "onnx") {
    const net: AnyOnnxModel = importOnnx(bytes, { readExternal: besideModel(request.source) });
    return { bytes: exportAgain(net, request), tensors: net.parameters().length + net.buffers().length };
  }
  const ways = request.kind === "onnx" ? ".onnx or .nam" : ".nam";
  throw new FormatError(
    `${request.kind === "onnx" ? "an .onnx" : "a .nam"} file holds a network, which must come from ${ways}`,
  );
}

/** Lengths that the file leaves open stay open, under their names. */
function exportAgain(net: AnyOnnxModel, { shape }: Request): Uint8Array {
  const types = new Set(net.inputs.map(({ dtype }) => memoryDType(dtype ?? "float32")));
  if (types.size > 1) throw new OptionError("inputs of several element types cannot be exported again");
  const [dtype = "float32"] = types;
  const shapes = shape === null ? shapesFor(net, null) : [[...shape]];
  if (shapes.length !== net.inputs.length)
    throw new OptionError(`--shape is that of one input, and the network has ${net.inputs.length}`);
  const dynamic = net.inputs.map(({ shape: declared }, i) =>
    Object.fromEntries(
      (declared ?? ["N", "C", "L"]).flatMap((length, axis) =>
        typeof length === "string" && axis < shapes[i]!.length ? [[axis, length || `length_${i}_${axis}`]] : [],
      ),
    ),
  );
  return exportOnnx(net, shapes, { dynamic, dtype, metadata: Object.fromEntries(net.metadata) });
}
