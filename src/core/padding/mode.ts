/** *With what* to pad: one pure index map. Forward padding gathers through it, its adjoint scatter-adds through it. */
export interface PaddingMode {
  readonly name: string;
  /** Whether padding copies samples of the signal. Zeros do not: a kernel adds them by itself. */
  readonly copies: boolean;
  /** Where position `i` of the infinitely extended signal reads from: `0..length−1`, or −1 for a zero. */
  readonly source: (i: number, length: number) => number;
  /** Why `before`/`after` samples cannot be made from `length` samples: a sentence without the op's name, or `undefined`. */
  readonly limit: (before: number, after: number, length: number) => string | undefined;
}
