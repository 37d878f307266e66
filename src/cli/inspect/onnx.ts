import "../../index.ts";
import { AtrousError } from "../../core/errors.ts";
import { importOnnx } from "../../io/onnx/import/importOnnx.ts";
import type { OnnxPort } from "../../io/onnx/import/network.ts";
import { decodeModel, type OnnxModelFile } from "../../io/onnx/proto/index.ts";
import { besideModel } from "../files/external.ts";
import { onnxLayers } from "../onnx/layers.ts";
import { rateIn } from "../onnx/rate.ts";
import { type AnyOnnxModel, portText, shapesFor } from "../onnx/shapes.ts";
import type { Inspect, Inspection, InspectOptions } from "./inspection.ts";
import { describeMetadata } from "./metadata.ts";
import { listTensors, tensorLines } from "./tensors.ts";
import { layerLines, timingLines, timingOf } from "./timing.ts";
import { grouped, printable } from "./words.ts";

/** A network: where it comes from, what goes in and out, and what it computes; its weights where it cannot be computed here. */
export const onnx: Inspect = (bytes, options) => {
  const readExternal = besideModel(options.path);
  const file = decodeModel(bytes, { readExternal }, "inspect");
  const facts = factsOf(file);
  try {
    const network = networkOf(importOnnx(bytes, { readExternal }), file, options);
    return {
      data: { ...facts.data, ...network.data },
      lines: (width) => [...facts.lines(width), ...network.lines(width)],
    };
  } catch (error) {
    if (!(error instanceof AtrousError)) throw error;
    const list = listTensors(file.graph.initializers);
    return {
      data: { ...facts.data, problem: error.message, ...list },
      lines: (width) => [
        ...facts.lines(width),
        ...tensorLines(list, width),
        "",
        `What it computes cannot be told: ${printable(error.message)}`,
      ],
    };
  }
};

function factsOf({ producer, irVersion, opsets, graph, metadata }: OnnxModelFile): Inspection {
  // Before IR version 4 initializers were listed as inputs too.
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const versions = Array.from(opsets, ([domain, version]) => `${printable(domain) || "ai.onnx"} ${version}`);
  const ports = (what: string, list: readonly OnnxPort[]): string[] =>
    list.map((port) => `${what} ${printable(port.name)}: ${port.dtype ?? "?"} ${printable(portText(port))}`);
  return {
    data: { producer, irVersion, opsets, metadata, inputs, outputs: graph.outputs, nodes: graph.nodes.length },
    lines: () => [
      `${producer ? `by ${printable(producer)}, ` : ""}${versions.join(", ")}, ${grouped(graph.nodes.length)} nodes`,
      ...ports("input", inputs),
      ...ports("output", graph.outputs),
      ...describeMetadata(metadata),
      "",
    ],
  };
}

function networkOf(
  net: AnyOnnxModel,
  { metadata }: OnnxModelFile,
  { length, rate, prefix }: InspectOptions,
): Inspection {
  const shapes = shapesFor(net, length);
  const all = onnxLayers(net, shapes);
  const last = net.inputs[0]?.shape?.at(-1);
  const only = typeof last === "number" ? last : null;
  const timing = timingOf(net, { layers: all, shapes, rate: rate ?? rateIn(metadata), only });
  const parameters = net.parameters().reduce((sum, { size }) => sum + size, 0);
  const shown = all.filter(({ name }) => name.startsWith(prefix));
  const at = shapes.map((shape) => `[${shape.join(", ")}]`).join(", ");
  return {
    data: { shapes, layers: shown, parameters, ...timing },
    lines: (width) => [`at ${at}:`, "", ...layerLines(shown, width), "", ...timingLines(timing, parameters)],
  };
}
