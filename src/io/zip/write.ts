/**
 * ZIP archives of stored entries. The same entries make the same bytes: there is no time in them but 1980-01-01, the first that ZIP
 * knows. Source: PKWARE APPNOTE 6.3.10; the alignment as in PyTorch's `inline_container.cc`.
 */
import { OptionError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { crc32 } from "../bytes/crc32.ts";
import { failing } from "../bytes/fail.ts";

const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
/** Identifier and length of an extra field. */
const EXTRA_BYTES = 4;
/** "FB", the extra field that PyTorch pads with. */
const PADDING = 0x4246;
/** What the fields of 16 and 32 bits can say; the next number means ZIP64. */
const MOST_ENTRIES = 0xfffe;
const MOST_BYTES = 0xfffffffe;
const LONGEST_NAME = 0xffff;

interface Placed {
  readonly name: Uint8Array;
  readonly bytes: Uint8Array;
  readonly local: number;
  readonly start: number;
}

/**
 * A ZIP archive with every entry stored, its data at a multiple of `align` bytes (64 by default), so that readers can have views.
 *
 * @throws FormatError above 4 GiB, OptionError for a name given twice
 */
export function writeZip(
  entries: Iterable<readonly [name: string, bytes: Uint8Array]>,
  { align = 64 }: { align?: number } = {},
): Uint8Array<ArrayBuffer> {
  const placed: Placed[] = [];
  const names = new Set<string>();
  let at = 0;
  for (const [text, bytes] of entries) {
    if (names.has(text)) throw new OptionError(`writeZip: two entries have the name ${show(text)}`);
    names.add(text);
    const name = new TextEncoder().encode(text);
    if (name.length > LONGEST_NAME)
      failing("writeZip")(`a name of ${name.length} bytes is longer than ${LONGEST_NAME}`);
    const start = Math.ceil((at + LOCAL_BYTES + name.length + EXTRA_BYTES) / align) * align;
    placed.push({ name, bytes, local: at, start });
    at = start + bytes.length;
  }
  const directory = at;
  const end = placed.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, directory);
  if (end + END_BYTES > MOST_BYTES || placed.length > MOST_ENTRIES)
    failing("writeZip")(
      `an archive of ${placed.length} entries and ${end + END_BYTES} bytes is too large; the format ends at ${MOST_ENTRIES} and ${MOST_BYTES}`,
    );

  const archive = new Uint8Array(end + END_BYTES);
  const view = new DataView(archive.buffer);
  at = directory;
  for (const { name, bytes, local, start } of placed) {
    const checksum = crc32(bytes);
    const extra = start - local - LOCAL_BYTES - name.length;
    view.setUint32(local, 0x04034b50, true);
    writeCommon(view, local + 4, name.length, bytes.length, checksum);
    view.setUint16(local + 28, extra, true);
    archive.set(name, local + LOCAL_BYTES);
    view.setUint16(start - extra, PADDING, true);
    view.setUint16(start - extra + 2, extra - EXTRA_BYTES, true);
    archive.fill(0x5a, start - extra + EXTRA_BYTES, start); // "Z", as there
    archive.set(bytes, start);

    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, 20, true);
    writeCommon(view, at + 6, name.length, bytes.length, checksum);
    view.setUint32(at + 42, local, true);
    archive.set(name, at + CENTRAL_BYTES);
    at += CENTRAL_BYTES + name.length;
  }
  view.setUint32(end, 0x06054b50, true);
  view.setUint16(end + 8, placed.length, true);
  view.setUint16(end + 10, placed.length, true);
  view.setUint32(end + 12, end - directory, true);
  view.setUint32(end + 16, directory, true);
  return archive;
}

/** What the local header and the directory both have: version, flags, method, time, date, checksum, both sizes, the name's length. */
function writeCommon(view: DataView, at: number, name: number, size: number, checksum: number): void {
  view.setUint16(at, 20, true); // version 2.0
  view.setUint16(at + 2, 0x0800, true); // the name is UTF-8
  view.setUint16(at + 8, 0x0021, true); // 1980-01-01, 00:00
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, size, true);
  view.setUint32(at + 18, size, true);
  view.setUint16(at + 22, name, true);
}
