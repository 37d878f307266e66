/** The greatest common divisor of two numbers that are not negative. */
export const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The least common multiple of two numbers that are positive. */
export const lcm = (a: number, b: number): number => (a * b) / gcd(a, b);
