import { parentPort } from "node:worker_threads";
import "../../../dist/index.js";
import { type PortableNetwork, type Shard, stream } from "../../../dist/stream/index.js";

/** What a worker is told: first the network, then parts of a signal. */
export interface Task {
  readonly shard: Shard;
  readonly input: Float32Array;
}

let network: PortableNetwork | null = null;

parentPort!.on("message", (message: PortableNetwork | Task) => {
  if ("kind" in message) {
    network = message;
    stream(network).push([new Float32Array(4096)]);
    parentPort!.postMessage("ready");
    return;
  }
  const { shard, input } = message;
  const live = stream(network!);
  const parts = [live.push([input])[0]!, live.finish()[0]!];
  const whole = new Float32Array(parts[0]!.length + parts[1]!.length);
  whole.set(parts[0]!);
  whole.set(parts[1]!, parts[0]!.length);
  live.close();
  const result = whole.slice(shard.skip, shard.skip + shard.outEnd - shard.outStart);
  parentPort!.postMessage({ shard, result }, [result.buffer]);
});
