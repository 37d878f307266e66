/** Measures streams: blocks on one thread, sounds that fade, shards on several threads. Writes bench/LIVE.md. */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { compile, manualSeed, type nn, rand } from "../../../dist/index.js";
import { portable, realtime, type Shard, shards, stream } from "../../../dist/stream/index.js";
import { thisMachine } from "../report/machine.ts";
import { Nam, tcn, UNet } from "./networks.ts";

const RATE = 48000;

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!;

/** Median microseconds of `body`, over `rounds` rounds of `turns` turns. */
function microseconds(body: () => void, turns: number, rounds = 15): number {
  const round = (): number => {
    const begun = performance.now();
    for (let turn = 0; turn < turns; turn++) body();
    return (1000 * (performance.now() - begun)) / turns;
  };
  round();
  return median(Array.from({ length: rounds }, round));
}

const noise = (length: number, amplitude = 1): Float32Array => rand([length]).sub(0.5).mul(amplitude).dataSync();

interface LiveRow {
  readonly name: string;
  readonly block: number;
  readonly latency: number;
  readonly perBlock: number;
  /** The same samples within the whole signal, compiled. */
  readonly atOnce: number;
}

function measureBlocks(name: string, net: nn.Module, block: number): LiveRow {
  const live = realtime(net, { block });
  const [input, output] = [[noise(block)], [new Float32Array(block)]];
  const perBlock = microseconds(() => live.process(input, output), 400);
  const length = 2 ** 16;
  const [run, signal] = [compile(net, [1, 1, length]), noise(length)];
  const atOnce = (microseconds(() => run(signal), 1) * block) / length;
  return { name, block, latency: live.latency, perBlock, atOnce };
}

/** Cost of ever softer noise in relation to loud noise: the worst over 50 decades. */
function measureFading(net: nn.Module, flushBelow?: number): number {
  const live = realtime(net, { block: 128, ...(flushBelow !== undefined && { flushBelow }) });
  const output = [new Float32Array(128)];
  const cost = (amplitude: number): number => {
    const input = [noise(128, amplitude)];
    return microseconds(() => live.process(input, output), 40, 5);
  };
  const loud = cost(1);
  return Math.max(...Array.from({ length: 50 }, (_, decade) => cost(10 ** -decade) / loud));
}

interface ShardRow {
  readonly single: number;
  readonly sharded: number;
  readonly threads: number;
  readonly same: boolean;
}

/** Ten minutes at 16 kHz in one stream, and in 7 shards on threads that know the network. */
async function measureShards(net: nn.Module): Promise<ShardRow> {
  const length = 600 * 16000;
  const signal = noise(length);
  const network = portable(net);
  const single = (): Float32Array => {
    const live = stream(network);
    const parts = [live.push([signal])[0]!, live.finish()[0]!];
    live.close();
    const whole = new Float32Array(length);
    whole.set(parts[0]!);
    whole.set(parts[1]!, parts[0]!.length);
    return whole;
  };
  const threads = Math.min(availableParallelism(), 7);
  const crew = Array.from({ length: threads }, () => new Worker(new URL("./worker.js", import.meta.url)));
  await Promise.all(
    crew.map(async (worker) => {
      const ready = once(worker);
      worker.postMessage(network);
      await ready;
    }),
  );
  const sharded = async (): Promise<Float32Array> => {
    const whole = new Float32Array(length);
    const left = shards(network, length, 7).reverse();
    await Promise.all(
      crew.map(async (worker) => {
        for (let shard = left.pop(); shard; shard = left.pop()) {
          const answer = once(worker);
          worker.postMessage({ shard, input: signal.slice(shard.inStart, shard.inEnd) });
          const { result } = (await answer) as { shard: Shard; result: Float32Array };
          whole.set(result, shard.outStart);
        }
      }),
    );
    return whole;
  };
  const times: [number, number][] = [];
  let same = true;
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    const one = single();
    const between = performance.now();
    const other = await sharded();
    times.push([between - begun, performance.now() - between]);
    same &&= Buffer.from(one.buffer).equals(Buffer.from(other.buffer));
  }
  for (const worker of crew) await worker.terminate();
  return { single: median(times.map(([a]) => a)), sharded: median(times.map(([, b]) => b)), threads, same };
}

const once = (worker: Worker): Promise<unknown> => new Promise((resolve) => worker.once("message", resolve));

manualSeed(1);
const rows = [
  measureBlocks("TCN, 16 channels, 10 dilated layers", tcn(), 128),
  measureBlocks("TCN, 16 channels, 10 dilated layers", tcn(), 64),
  measureBlocks("NAM standard", new Nam(), 128),
  measureBlocks("NAM standard", new Nam(), 64),
  measureBlocks("U-Net, hop 64", new UNet(), 128),
];
const fading = { with: measureFading(tcn(false)), without: measureFading(tcn(false), 0) };
const parts = await measureShards(tcn());

const { cpu, cores, system, node, v8, date } = thisMachine();
const percent = ({ perBlock, block }: LiveRow): string => `${((100 * perBlock) / (1e6 * (block / RATE))).toFixed(1)} %`;
const page = `# Streams on one machine

${cpu}, ${cores} cores · Node ${node} (V8 ${v8}) · ${system} · ${date}. Generated by \`npm run bench:live\`. One thread; medians.

## Blocks at 48 kHz

What one call of \`process\` takes, which share of a core that is, and how much longer it takes than the same samples within a signal of 65,536, compiled.

| network | block | µs per block | of a core | × at once | latency, samples |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.map((row) => `| ${row.name} | ${row.block} | ${row.perBlock.toFixed(1)} | ${percent(row)} | ${(row.perBlock / row.atOnce).toFixed(2)} | ${row.latency} |`).join("\n")}

## A sound that fades

The TCN without biases, fed noise that becomes ten times softer 50 times: its dearest block takes **${fading.with.toFixed(2)} ×** the time of the loudest.
With \`flushBelow: 0\`, through subnormal numbers, ${fading.without.toFixed(0)} ×.

## Shards

Ten minutes at 16 kHz through the TCN: one stream ${(parts.single / 1000).toFixed(2)} s; 7 shards on ${parts.threads} threads ${(parts.sharded / 1000).toFixed(2)} s, **${(parts.single / parts.sharded).toFixed(2)} ×** the speed, ${parts.same ? "the same bits" : "OTHER BITS"}.
`;
writeFileSync(new URL("../../LIVE.md", import.meta.url), page);
console.log(page);
if (!parts.same) process.exitCode = 1;
