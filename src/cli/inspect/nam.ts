import "../../index.ts";
import { layers } from "../../inspect/layers.ts";
import { importNam } from "../../io/nam/importNam.ts";
import type { Inspect } from "./inspection.ts";
import { describeMetadata } from "./metadata.ts";
import { layerLines, timingLines, timingOf } from "./timing.ts";
import { grouped } from "./words.ts";

const USUAL_LENGTH = 4096;

/** A model of the neural amp modeler: its WaveNet. */
export const nam: Inspect = (bytes, { length, rate }) => {
  const net = importNam(bytes).eval();
  const shape = [1, 1, length ?? USUAL_LENGTH];
  const found = layers(net, shape);
  const timing = timingOf(net, { layers: found, shapes: [shape], rate: rate ?? net.sampleRate });
  const weights = net.parameters().reduce((sum, { size }) => sum + size, 0) + 1; // and the scale of the head
  return {
    data: { architecture: "WaveNet", metadata: net.metadata, weights, layers: found, ...timing },
    lines: (width) => [
      ...describeMetadata(net.metadata),
      `WaveNet for ${grouped(net.sampleRate)} Hz, at ${grouped(shape[2]!)} samples:`,
      "",
      ...layerLines(found, width),
      "",
      ...timingLines(timing, weights),
    ],
  };
};
