/**
 * Makes the vectors in `vectors`, `count` rows of `length` ≥ `count` elements, orthonormal in place: the Q of the QR factorisation
 * whose R has a positive diagonal, which makes it unique and, for normal vectors, uniformly distributed (Mezzadri 2007).
 *
 * Gram–Schmidt, each projection done twice: once leaves errors that grow with the condition, a second pass brings them to the
 * last bits (Giraud, Langou & Rozložník 2005, "twice is enough").
 */
export function orthonormalise(vectors: Float64Array, count: number, length: number): void {
  const row = (i: number): Float64Array => vectors.subarray(i * length, (i + 1) * length);
  for (let i = 0; i < count; i++) {
    const vector = row(i);
    for (let pass = 0; pass < 2; pass++)
      for (let earlier = 0; earlier < i; earlier++) {
        const direction = row(earlier);
        const share = dot(vector, direction);
        for (let j = 0; j < length; j++) vector[j]! -= share * direction[j]!;
      }
    const norm = Math.sqrt(dot(vector, vector));
    for (let j = 0; j < length; j++) vector[j]! /= norm;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
