import { noGrad, rand, type Tensor, tensor } from "atrous";
import type { LiveStream, Streamable } from "atrous/stream";
import { expect } from "vitest";

/** A network as tests call it. */
export type Net = Exclude<Streamable, { kind: string }>;

export const forward = (net: Net, x: Tensor): Tensor =>
  noGrad(() => (typeof net === "function" ? net(x) : (net.eval().forward(x) as Tensor)));

/** A random signal, one array per channel. */
export function signalOf(channels: number, length: number): Float32Array[] {
  const numbers = rand([channels, length]).mul(2).sub(1).dataSync();
  return Array.from({ length: channels }, (_, c) => numbers.slice(c * length, (c + 1) * length));
}

/** The output on the whole signal, one array per channel. */
export function whole(net: Net, signal: readonly Float32Array[]): Float32Array[] {
  const length = signal[0]!.length;
  const y = forward(
    net,
    tensor(Float32Array.from(signal.flatMap((row) => [...row])), { shape: [1, signal.length, length] }),
  );
  const numbers = y.dataSync();
  const rows = y.rank > 2 ? y.shape[1]! : (y.shape.at(-1) ?? 1);
  return Array.from({ length: rows }, (_, row) =>
    numbers.slice((row * numbers.length) / rows, ((row + 1) * numbers.length) / rows),
  );
}

/** Pushes a signal in blocks of the given lengths (the last one repeats), checks what is ready when, and puts the output together. */
export function inBlocks(live: LiveStream, signal: readonly Float32Array[], lengths: Iterable<number>): Float32Array[] {
  const total = signal[0]!.length;
  const parts: Float32Array[][] = [];
  let [at, emitted] = [0, 0];
  const push = (length: number): void => {
    const part = live.push(signal.map((row) => row.subarray(at, at + length)));
    at += length;
    emitted += part[0]!.length;
    if (emitted !== live.ready(at))
      expect.fail(`after ${at} samples ${emitted} came out, ready() says ${live.ready(at)}`);
    parts.push(part);
  };
  for (const length of lengths) {
    if (at >= total) break;
    push(Math.min(length, total - at));
  }
  if (at < total) push(total - at);
  parts.push(live.finish());
  return joined(parts);
}

export const joined = (parts: readonly (readonly Float32Array[])[]): Float32Array[] =>
  parts[0]!.map((_, row) => Float32Array.from(parts.flatMap((part) => [...part[row]!])));

/** Compares bits, and says where they first differ. */
export function expectSameBits(got: readonly Float32Array[], wanted: readonly Float32Array[], what: string): void {
  if (got.length !== wanted.length) expect.fail(`${what}: ${got.length} channels instead of ${wanted.length}`);
  got.forEach((row, c) => {
    const other = wanted[c]!;
    if (row.length !== other.length) expect.fail(`${what}: ${row.length} samples instead of ${other.length}`);
    for (let t = 0; t < row.length; t++)
      if (!Object.is(row[t], other[t]))
        expect.fail(`${what}: channel ${c}, sample ${t} is ${row[t]} instead of ${other[t]}`);
  });
}
