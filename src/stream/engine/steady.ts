import { ratesOf, type StreamNetwork } from "../network.ts";
import { reachOf } from "../timing.ts";
import { Engine, type Initial } from "./engine.ts";
import type { Room } from "./layout.ts";

/** Silence that is waited for where a recurrence never forgets, in input samples per period. */
const RECURRENT_PERIODS = 4096;

/** An engine with what is to stand before the signal, now and after every reset. */
export function startEngine(network: StreamNetwork, initial: Initial, room: Room): Engine {
  const engine = new Engine(network, initial, room);
  if (initial === "steady") {
    engine.past = steadyPast(network, engine);
    engine.reset();
  }
  return engine;
}

/**
 * What puts the response to endless silence before every signal inside a network. It is found by listening to silence for as long as the
 * network remembers; from there on it repeats with the network's period.
 */
function steadyPast(network: StreamNetwork, engine: Engine): () => void {
  const { period } = network;
  const rates = ratesOf(network);
  const longest = Math.max(...engine.tapes.map((tape, i) => (tape.left + 2) / rates[i]!));
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
    const repeat = Math.round(rates[i]! * period);
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
