import { FormatError } from "../core/errors.ts";

/** Base64 of float32 numbers, little-endian. Written out, because there is no `btoa` on the audio thread. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export function toBase64(numbers: Float32Array): string {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((_, i) => {
    // As integers, so that the bits of a NaN stay.
    view.setUint32(4 * i, new Uint32Array(numbers.buffer, numbers.byteOffset + 4 * i, 1)[0]!, true);
  });
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const letters = [18, 12, 6, 0].map((shift) => LETTERS[(group >> shift) & 63]!).join("");
    groups.push(i + 2 < bytes.length ? letters : letters.slice(0, bytes.length - i + 1).padEnd(4, "="));
  }
  return groups.join("");
}

export function fromBase64(text: string): Float32Array {
  const letters = text.replace(/=+$/, "");
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  let [bits, buffered, at] = [0, 0, 0];
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) throw new FormatError(`restore: ${JSON.stringify(letter)} is no letter of base64`);
    bits = ((bits << 6) | value) & 0xffffff;
    buffered += 6;
    if (buffered < 8) continue;
    buffered -= 8;
    bytes[at++] = (bits >> buffered) & 255;
  }
  if (bytes.length % 4 !== 0) throw new FormatError(`restore: ${bytes.length} bytes are no float32 numbers`);
  const view = new DataView(bytes.buffer);
  const words = new Uint32Array(bytes.length / 4);
  words.forEach((_, i) => {
    words[i] = view.getUint32(4 * i, true);
  });
  return new Float32Array(words.buffer);
}
