/**
 * The multiply-adds a second that one thread of WebAssembly can do at all on this machine: chains of `acc = acc · m + c`, product
 * and sum rounded separately, that touch nothing but registers.
 */

/** Adds in flight are what hides the latency of a chain; more than 12 leave no registers for m, c and the product. */
const accumulatorCounts = [8, 10, 12];
const lanes = 4;
const unrolled = 4;
const iterations = 20_000;

/** In 10⁹ multiply-adds a second: the best that any number of accumulators reached. */
export function measurePeak(seconds = 1): number {
  return Math.max(...accumulatorCounts.map((count) => peakOf(count, seconds / accumulatorCounts.length)));
}

function peakOf(accumulators: number, seconds: number): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(chains(accumulators)));
  const run = exports.run as (iterations: number) => number;
  const work = (accumulators * lanes * unrolled * iterations) / 1e9;
  let best = 0;
  const end = performance.now() + 1000 * seconds;
  for (let now = performance.now(); now < end; ) {
    const sum = run(iterations);
    const then = now;
    now = performance.now();
    best = Math.max(best, (1000 * work) / (now - then));
    // Every lane tends to c / (1 − m) = 2.
    if (Math.abs(sum - 2 * accumulators) > 1e-3) throw new Error(`peak: the chains sum to ${sum}`);
  }
  return best;
}

/** run(iterations: i32): f32 = sum over accumulators of one lane, after that many rounds. */
function chains(accumulators: number): Uint8Array<ArrayBuffer> {
  const [m, c, first] = [1, 2, 3];
  const chain = (index: number): number[] => {
    const acc = first + index;
    return [...get(acc), ...get(m), ...simd(op.f32x4Mul), ...get(c), ...simd(op.f32x4Add), ...set(acc)];
  };
  const all = Array.from({ length: accumulators }, (_, index) => index);
  const body = [
    ...[...splat(0.5), ...set(m), ...splat(1), ...set(c)],
    ...all.flatMap((index) => [...splat(index), ...set(first + index)]),
    ...[op.loop, op.empty],
    ...Array.from({ length: unrolled }, () => all.flatMap(chain)).flat(),
    // The counter is parameter 0; it goes down to 0.
    ...[...get(0), op.i32Const, 1, op.i32Sub, op.localTee, 0, op.brIf, 0, op.end],
    ...get(first),
    ...all.slice(1).flatMap((index) => [...get(first + index), ...simd(op.f32x4Add)]),
    ...[...simd(op.f32x4ExtractLane), 0, op.end],
  ];
  const locals = [1, first - 1 + accumulators, op.v128];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, op.i32, 1, op.f32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode("run"), 0, 0]),
    ...section(10, [1, ...sized([...locals, ...body])]),
  ]);
}

const op = {
  ...{ i32: 0x7f, f32: 0x7d, v128: 0x7b, empty: 0x40 },
  ...{ loop: 0x03, brIf: 0x0d, end: 0x0b, localGet: 0x20, localSet: 0x21, localTee: 0x22 },
  ...{ i32Const: 0x41, f32Const: 0x43, i32Sub: 0x6b, simd: 0xfd },
  ...{ f32x4Splat: 0x13, f32x4ExtractLane: 0x1f, f32x4Add: 0xe4, f32x4Mul: 0xe6 },
};

const get = (local: number): number[] => [op.localGet, local];
const set = (local: number): number[] => [op.localSet, local];
const simd = (opcode: number): number[] => [op.simd, ...unsigned(opcode)];
const splat = (value: number): number[] => [
  op.f32Const,
  ...new Uint8Array(Float32Array.of(value).buffer),
  ...simd(op.f32x4Splat),
];
const section = (id: number, content: readonly number[]): number[] => [id, ...sized(content)];
const sized = (content: readonly number[]): number[] => [...unsigned(content.length), ...content];

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...unsigned(value >>> 7)];
}
