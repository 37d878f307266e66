/** ln 2 = HIGH + LOW, within 2⁻⁴⁴; HIGH has 16 bits, so that its products with the exponents of float32 are exact. */
export const LN2_HIGH = 0.693145751953125;
export const LN2_LOW = 1.428606765330187e-6;
