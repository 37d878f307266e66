import type { Streamable, StreamOptions } from "./prepare.ts";
import { type LiveStream, stream } from "./stream.ts";

/**
 * A network as a web stream: blocks in (one Float32Array per channel), blocks out, the rest when the input closes. Blocks without samples are
 * left out.
 */
export function transformStream(
  net: Streamable,
  options: StreamOptions = {},
): TransformStream<Float32Array[], Float32Array[]> {
  const live = stream(net, options);
  return new TransformStream({
    transform: (block, controller) => {
      const result = live.push(block);
      if (result[0]!.length > 0) controller.enqueue(result);
    },
    flush: (controller) => {
      const rest = live.finish();
      if (rest[0]!.length > 0) controller.enqueue(rest);
    },
  });
}

/** A network over an iterable of blocks: `for await (const block of over(net, source))`. Blocks without samples are left out. */
export async function* over(
  net: Streamable,
  source: AsyncIterable<Float32Array[]> | Iterable<Float32Array[]>,
  options: StreamOptions = {},
): AsyncGenerator<Float32Array[], void, void> {
  const live: LiveStream = stream(net, options);
  for await (const block of source) {
    const result = live.push(block);
    if (result[0]!.length > 0) yield result;
  }
  const rest = live.finish();
  if (rest[0]!.length > 0) yield rest;
}
