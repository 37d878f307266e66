/**
 * Networks as every engine can read them: a function that applies a few operations to a value, whatever an engine's values are.
 * Layers are plain data, so that an engine can bring their weights into its own form once.
 */

/** (batch, channels, length). */
export type Shape = readonly [batch: number, channels: number, length: number];

export interface Layer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly padding: number;
  /** PyTorch's layout: (out, in/groups, kernel); of a transposed layer (in, out/groups, kernel). */
  readonly weightShape: Shape;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface Operations<T> {
  conv1d(x: T, layer: Layer): T;
  convTranspose1d(x: T, layer: Layer): T;
  relu(x: T): T;
  leakyRelu(x: T, slope: number): T;
  tanh(x: T): T;
  add(x: T, y: T): T;
  scale(x: T, factor: number): T;
}

export type Network = <T>(operations: Operations<T>, x: T) => T;

/** What an engine says to a layer that it has no operation for. */
export class Unsupported extends Error {}

/** An engine's own form of something, made when it is first needed. */
export function remembered<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? make(key);
    known.set(key, value);
    return value;
  };
}
