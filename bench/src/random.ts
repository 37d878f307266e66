/** Numbers for weights and signals: uniform in [−scale, scale), the same in every run (mulberry32). */
export function randomNumbers(seed: number): (count: number, scale: number) => Float32Array {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  return (count, scale) => Float32Array.from({ length: count }, () => scale * (2 * next() - 1));
}
