/** Whether `text`, of one character per byte, is in `bytes` from `at` on. */
export const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  Array.from(text).every((character, i) => bytes[at + i] === character.charCodeAt(0));
