/** How a network keeps time, and what it costs: figures, and how they read. */
import { AtrousError } from "../../core/errors.ts";
import type { Layer } from "../../inspect/layers.ts";
import { receptiveField } from "../../inspect/receptiveField.ts";
import type { AnyModule } from "../../nn/module.ts";
import type { Network } from "../../nn/trace.ts";
import { stream } from "../../stream/index.ts";
import { type Column, table } from "./table.ts";
import { counted, grouped, printable, withUnit } from "./words.ts";

export interface Timing {
  /** Input samples; infinite where it is the whole signal. */
  readonly receptiveField: number | null;
  /** In output samples; `null` where the network does not stream. */
  readonly latency: number | null;
  readonly latencySeconds: number | null;
  readonly multiplyAdds: number;
  readonly multiplyAddsPerSample: number;
  readonly multiplyAddsPerSecond: number | null;
  readonly sampleRate: number | null;
  /** Why something is not known. */
  readonly reasons: readonly string[];
}

interface Given {
  /** The only length that the network takes, where it takes no other. */
  readonly only?: number | null;
  readonly layers: readonly Layer[];
  readonly shapes: readonly (readonly number[])[];
  readonly rate: number | null;
}

export function timingOf(net: AnyModule, { layers, shapes, rate, only = null }: Given): Timing {
  const reasons: string[] = [];
  const attempt = <T>(what: string, body: () => T): T | null => {
    try {
      return body();
    } catch (error) {
      if (!(error instanceof AtrousError)) throw error;
      const why = only === null ? reasonOf(error) : `the network is for signals of ${counted(only, "sample")} alone`;
      reasons.push(`${what} is not known: ${why}`);
      return null;
    }
  };
  const field = attempt("the receptive field", () => receptiveField(net, shapes));
  const live = attempt("the latency", () => latencyOf(net, shapes, only));
  const multiplyAdds = layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
  const length = shapes[0]?.at(-1) ?? 0;
  const perSample = length > 0 ? multiplyAdds / length : 0;
  return {
    receptiveField: field,
    latency: live?.latency ?? null,
    latencySeconds: live && rate !== null && live.rate > 0 ? live.latency / (rate * live.rate) : null,
    multiplyAdds,
    multiplyAddsPerSample: perSample,
    multiplyAddsPerSecond: rate === null ? null : perSample * rate,
    sampleRate: rate,
    reasons,
  };
}

/** Without what callers of `stream` could do about it. */
const reasonOf = ({ message }: AtrousError): string =>
  message.replace(/^\w+: /, "").replace(/ It cannot be computed block by block;.*$/s, "");

function latencyOf(
  net: AnyModule,
  shapes: readonly (readonly number[])[],
  only: number | null,
): { latency: number; rate: number } {
  const [shape] = shapes;
  if (only !== null) throw new AtrousError("its length is fixed");
  if (shape === undefined || shapes.length > 1 || shape.length !== 3 || shape[0] !== 1)
    throw new AtrousError("only networks of one input of shape (1, channels, length) are streamed");
  const live = stream(net as unknown as Network, { channels: shape[1]! });
  const { latency, rate } = live;
  live.close();
  return { latency, rate };
}

const right = true;
const COLUMNS: readonly Column[] = [
  { title: "name" },
  { title: "operator" },
  { title: "parameters", right },
  { title: "output" },
  { title: "multiply-adds", right },
];

export const layerLines = (layers: readonly Layer[], width: number): string[] =>
  table(
    COLUMNS,
    layers.map(({ name, operator, parameters, shape, multiplyAdds }) => [
      ...[printable(name), printable(operator), parameters > 0 ? grouped(parameters) : ""],
      ...[`[${shape.join(", ")}]`, multiplyAdds > 0 ? grouped(multiplyAdds) : ""],
    ]),
    width,
  );

/** A duration of a few samples in ms. */
const milliseconds = (seconds: number): string => `${Number((1000 * seconds).toPrecision(3))} ms`;

export function timingLines(timing: Timing, parameters: number): string[] {
  const { receptiveField: field, latency, latencySeconds, multiplyAddsPerSecond: perSecond, sampleRate } = timing;
  const seconds = field !== null && sampleRate !== null && Number.isFinite(field) ? field / sampleRate : null;
  const cost =
    perSecond === null
      ? `${grouped(Math.round(timing.multiplyAddsPerSample))} multiply-adds per input sample`
      : `${withUnit(perSecond)}MAC/s at ${grouped(sampleRate!)} Hz`;
  return [
    `parameters: ${grouped(parameters)}`,
    ...(field === null ? [] : [`receptive field: ${span(field, seconds)}`]),
    ...(latency === null ? [] : [`latency: ${span(latency, latencySeconds)}`]),
    `cost: ${cost}`,
    ...timing.reasons.map(printable),
  ];
}

function span(samples: number, seconds: number | null): string {
  if (!Number.isFinite(samples)) return "the whole signal";
  return `${counted(samples, "sample")}${seconds === null ? "" : ` (${milliseconds(seconds)})`}`;
}
