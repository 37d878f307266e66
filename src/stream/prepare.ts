import { ShapeError, StreamError } from "../core/errors.ts";
import { checkBoolean, checkChoice, checkInteger, checkOptions, show } from "../core/options.ts";
import type { Network } from "../nn/trace.ts";
import { type Analysis, analyse } from "./analysis/analyse.ts";
import type { Initial } from "./engine/engine.ts";
import type { StreamNetwork } from "./network.ts";
import { isPortable, type PortableNetwork, revive } from "./portable.ts";

export interface StreamOptions {
  /** Channels of the signal. Default 1, or what a portable network has. */
  channels?: number;
  /**
   * What stands before the signal in every layer: `"zeros"`, as in the whole-signal forward; `"steady"`, the response of that layer's input to
   * endless silence, so that there is no transient (a causal network goes on as after real silence); `"first"`, its first sample, except in
   * recurrences, which begin at their initial state. Default `"zeros"`.
   */
  initial?: Initial;
  /**
   * What the length of the signal will be modulo the hop, for networks whose padding depends on it (padding "same" with a stride). Another
   * length is an error at `finish`.
   */
  lengthModulo?: number;
  /**
   * Whether a network that needs the whole signal may keep it and give everything at `finish`: what streams of it is computed block by block, the
   * rest at the end, for any network that takes the signal. Default false. One whose result has no time, such as a classifier, gives it at `finish`
   * in any case, and keeps until then what the result is made of.
   */
  allowBuffering?: boolean;
  /** Input samples computed at once, at most: longer blocks are cut, at the price of time; memory grows with it. Default: what caches hold. */
  maxBlock?: number;
}

/** What can be streamed: a module, a function of one tensor `(1, channels, L)`, or what `portable` made of one. */
export type Streamable = Network | PortableNetwork;

/** Reads the options that all ways of streaming share. */
export function prepare(
  op: string,
  net: Streamable,
  options: StreamOptions,
  known: readonly string[],
): { network: StreamNetwork; analysis: Analysis | null; initial: Initial; remainder: number | null } {
  checkOptions(op, options, known);
  const { channels = 1, initial = "zeros", lengthModulo, allowBuffering = false } = options;
  checkInteger(op, "channels", channels, 1);
  checkChoice(op, "initial", initial, ["zeros", "steady", "first"]);
  checkBoolean(op, "allowBuffering", allowBuffering);
  const remainder = lengthModulo === undefined ? null : checkInteger(op, "lengthModulo", lengthModulo, 0);
  if (isPortable(net)) {
    const network = revive(net);
    if (options.channels !== undefined && channels !== network.channels)
      throw new ShapeError(`${op}: the network has ${network.channels} input channels, got channels ${channels}`);
    return { network, analysis: null, initial, remainder };
  }
  const analysis = analyse(op, net, channels, remainder);
  if (analysis.obstacle !== null && analysis.network.output.tape < 0 && !allowBuffering) {
    const remedy = "; { allowBuffering: true } keeps the signal and computes at finish";
    throw new StreamError(
      `${op}: ${analysis.obstacle}. It cannot be computed block by block${known.includes("allowBuffering") ? remedy : ""}`,
    );
  }
  if (analysis.network.output.tape < 0 && initial !== "zeros")
    throw new StreamError(
      `${op}: initial ${show(initial)} does not go with a network that gives its result at the end`,
    );
  return { network: analysis.network, analysis, initial, remainder };
}
