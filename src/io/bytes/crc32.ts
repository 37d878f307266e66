/** CRC-32 as in ZIP, PNG and zlib: polynomial 0xedb88320, reflected. Source: RFC 1952 §8. */

/** `tables[256·k + b]` is the remainder of byte b followed by k zeros: eight bytes at a time are three times as fast as one. */
const tables = new Uint32Array(8 * 256);
for (let i = 0; i < tables.length; i++) {
  let remainder = i < 256 ? i : tables[i - 256]!;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  tables[i] = remainder;
}

/** The checksum of `bytes`, or of what `before` is the checksum of, followed by them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  let i = 0;
  for (const end = bytes.length - 7; i < end; i += 8) {
    const low = crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      tables[1792 + (low & 0xff)]! ^
      tables[1536 + ((low >>> 8) & 0xff)]! ^
      tables[1280 + ((low >>> 16) & 0xff)]! ^
      tables[1024 + (low >>> 24)]! ^
      tables[768 + bytes[i + 4]!]! ^
      tables[512 + bytes[i + 5]!]! ^
      tables[256 + bytes[i + 6]!]! ^
      tables[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = tables[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
