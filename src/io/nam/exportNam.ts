import { OptionError, OptionTypeError } from "../../core/errors.ts";
import { checkOptions, show } from "../../core/options.ts";
import { evaluateSync } from "../../graph/evaluate.ts";
import type { Json } from "../bytes/json.ts";
import { numbersOf } from "../bytes/named.ts";
import { describe, isSimple } from "./describe.ts";
import { jsonOf } from "./json.ts";
import { NamWaveNet } from "./waveNet.ts";

/** What `exportNam` writes: the last version whose files every player reads, and the one with everything that is known here. */
const SIMPLE = "0.5.4";
const FULL = "0.7.0";

export interface ExportNamOptions {
  /** `"0.5.4"`, which every player reads, or `"0.7.0"`. Default: the first where it can say what the network is. */
  version?: "0.5.4" | "0.7.0";
  /** What the file says about the model: `name`, `modeled_by`, `gear_make`, … Default: the network's. */
  metadata?: ReadonlyMap<string, Json> | Readonly<Record<string, unknown>>;
}

/**
 * A .nam file of the network, for the plugins and players of the neural amp modeler. Every weight is written with as few digits as give
 * the same float32, so `importNam` gives back the same network, bit for bit; the same network gives the same bytes.
 *
 * @throws OptionError for a network that files of `version` cannot say, for weights that are not finite, and for metadata that is no JSON
 */
export function exportNam(net: NamWaveNet, options: ExportNamOptions = {}): Uint8Array<ArrayBuffer> {
  if (!(net instanceof NamWaveNet)) throw new OptionTypeError(`exportNam: expected a NamWaveNet, got ${show(net)}`);
  checkOptions("exportNam", options, ["version", "metadata"]);
  const simple = isSimple(net.architecture);
  const { version = simple ? SIMPLE : FULL, metadata = net.metadata } = options;
  if (version !== SIMPLE && version !== FULL)
    throw new OptionError(`exportNam: version must be "${SIMPLE}" or "${FULL}", got ${show(version)}`);
  if (version === SIMPLE && !simple)
    throw new OptionError(`exportNam: files of version ${SIMPLE} cannot say what this network is; ${FULL} can`);
  const parameters = net.parameters();
  evaluateSync(parameters.map((parameter) => parameter.node()));
  const weights = parameters.flatMap((parameter) => Array.from(numbersOf(parameter) as Float32Array, shortest));
  const parts = [
    `"version":${jsonOf(version)}`,
    `"metadata":${jsonOf(metadata)}`,
    `"architecture":"WaveNet"`,
    `"config":${jsonOf(describe({ ...net.architecture, headScale: Number(shortest(net.headScale)) }, version === SIMPLE))}`,
    `"weights":[${[...weights, shortest(net.headScale)].join(",")}]`,
    `"sample_rate":${net.sampleRate}`,
  ];
  return new TextEncoder().encode(`{${parts.join(",")}}\n`);
}

/** The shortest decimal whose nearest float32 is `value`: 9 digits always suffice. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) throw new OptionError(`exportNam: a weight is ${value}, which .nam files cannot hold`);
  if (Object.is(value, -0)) return "-0";
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}
