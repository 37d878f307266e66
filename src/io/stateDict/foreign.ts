import { startsWith } from "../bytes/startsWith.ts";

/** The beginnings of files that people take for one with weights. */
const beginnings: readonly (readonly [text: string, kind: string, at?: number])[] = [
  ["\x1f\x8b", "gzip; R torch before 0.12 wrote such files: load it there and save it again, or unpack it"],
  ["\x89HDF", "HDF5, such as Keras writes"],
  ["TFL3", "TensorFlow Lite", 4],
  ["GGUF", "GGUF"],
  ["version https://git-lfs", "a pointer of Git LFS, in the place of a file that was not downloaded"],
  ["<!", "a web page, in the place of a file that was not downloaded"],
  ["<html", "a web page, in the place of a file that was not downloaded"],
  ["ustar", "a tar archive, as the first versions of PyTorch wrote; load it there and save it again", 257],
  ["PK", "a ZIP archive, but neither of PyTorch nor of NumPy"],
  ["\x80", "a pickle, but not of torch.save"],
  ["Rar!", "a RAR archive"],
  ["7z\xbc\xaf", "a 7z archive"],
  ["{", "JSON, but not of the neural amp modeler"],
];

/** What bytes look like that are not read here, in words. */
export function foreignKind(bytes: Uint8Array): string {
  if (bytes.length === 0) return "it is empty";
  const known = beginnings.find(([text, , at = 0]) => startsWith(bytes, text, at));
  if (known) return `it looks like ${known[1]}`;
  const start = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return `it has ${bytes.length} bytes and starts with ${start.join(" ")}`;
}
