/** `atrous/stream`: networks block by block. */
export type { Initial } from "./engine/engine.ts";
export { over, transformStream } from "./faces.ts";
export type { PortableNetwork } from "./portable.ts";
export { portable } from "./portableOf.ts";
export type { Streamable, StreamOptions } from "./prepare.ts";
export { type RealtimeOptions, type RealtimeStream, realtime } from "./realtime.ts";
export { type Shard, shards } from "./shards.ts";
export type { Snapshot } from "./snapshot.ts";
export { type LiveStream, stream } from "./stream.ts";
