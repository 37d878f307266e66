import type { StreamNetwork } from "../network.ts";
import { reachOf } from "../timing.ts";
import { Engine } from "./engine.ts";

/** Silence that is waited for where a recurrence never forgets, in input samples per period. */
const RECURRENT_PERIODS = 4096;

/**
 * What puts the response to endless silence before every signal inside a network. It is found by listening to silence for as long as the
 * network remembers; from there on it repeats with the network's period.
 */
export function steadyPast(network: StreamNetwork, engine: Engine): () => void {
  const { period } = network;
  const longest = Math.max(...engine.tapes.map((tape, i) => (tape.left + 2) / rateOfTape(network, i)));
  const [lo, hi] = reachOf(network, 0, 1);
  const remembered = Number.isFinite(hi - lo) ? hi - lo : RECURRENT_PERIODS * period;
  const behind = Math.max(0, ...network.paces.map(({ rate, low }) => low / rate));
  const history = Math.ceil((longest + behind) / period) + 1;
  const silent = new Engine(network, "zeros", { block: engine.block, remembered: history + 1 });
  const turns = Math.ceil((remembered + behind + longest) / period) + history + 1;
  for (let left = turns * period; left > 0; ) {
    const count = Math.min(left, silent.room(), silent.block);
    silent.write([], 0, count);
    silent.taken += Math.max(0, silent.available);
    left -= count;
  }
  const pasts = engine.tapes.map((tape, i) => {
    const source = silent.tapes[i]!;
    const repeat = Math.round(rateOfTape(network, i) * period);
    const end = Math.floor(source.written / repeat) * repeat;
    return Array.from({ length: tape.rows }, (_, row) => {
      const start = source.at(end - tape.left) + row * source.capacity;
      return silent.workspace.numbers.slice(start, start + tape.left);
    });
  });
  return () => {
    engine.tapes.forEach((tape, i) => {
      pasts[i]!.forEach((past, row) => {
        engine.workspace.numbers.set(past, tape.base + row * tape.capacity);
      });
    });
  };
}

function rateOfTape({ processes, paces }: StreamNetwork, tape: number): number {
  const i = processes.findIndex((process) =>
    process.kind === "move" ? process.tape === tape : process.outputs.some((output) => output.tape === tape),
  );
  return i < 0 ? 1 : paces[i]!.rate;
}
