/**
 * ZIP archives: stored and deflated entries, ZIP64. Only the central directory at the end is believed; of the local header before
 * every entry, which streaming writers leave half empty, only the length is read.
 *
 * Source: PKWARE APPNOTE 6.3.10. What other readers see differently is refused: overlapping entries, names given twice.
 */
import { show } from "../../core/options.ts";
import { crc32 } from "../bytes/crc32.ts";
import type { Fail } from "../bytes/fail.ts";
import { inflate } from "./inflate.ts";

export interface ZipEntry {
  readonly name: string;
  /** Bytes of the entry as it was before compression. */
  readonly size: number;
  /** The bytes, held against their checksum: of a stored entry a view of the archive, otherwise inflated anew by every call. */
  readonly read: () => Uint8Array;
}

/** The end record, 22 bytes, before a comment of at most 65535. */
const END = { signature: 0x06054b50, bytes: 22, longestComment: 65535 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR_64 = { signature: 0x07064b50, bytes: 20 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };

/** What 16 and 32 bits hold where ZIP64 has the number. */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;
const ENCRYPTED = 0x2041; // bits 0, 6 and 13: encrypted, strongly, the directory too
const STORED = 0;
const DEFLATED = 8;

/** DEFLATE makes 258 bytes of 2 bits at best, which is 1032:1. */
const LARGEST_RATIO = 1100;

/**
 * The entries of a ZIP archive, by name, in the order of its directory. All that can be known without inflating is checked here.
 *
 * @param maxBytes how much all deflated entries may take together; by default four times the archive, at least 256 MiB
 * @throws through `fail`, as `read` of the entries does
 */
export function readZip(
  bytes: Uint8Array,
  fail: Fail,
  maxBytes = Math.max(4 * bytes.length, 256 * 2 ** 20),
): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const directory = findDirectory(view, fail);
  const entries = new Map<string, ZipEntry>();
  const spans: Span[] = [];
  let inflated = 0;
  let at = directory.start;
  for (let i = 0; i < directory.count; i++) {
    const record = readRecord(bytes, view, at, directory.end, fail);
    at = record.next;
    const { name, size, method } = record;
    if (entries.has(name)) fail(`two entries of the archive have the name ${show(name)}`);
    if (method === DEFLATED) inflated += size;
    if (inflated > maxBytes)
      fail(
        `the entries of the archive take more than ${maxBytes} bytes inflated, the limit; option maxBytes raises it`,
      );
    const span = findData(view, record, directory.start, fail);
    spans.push(span);
    entries.set(name, { name, size, read: () => readEntry(bytes, record, span, fail) });
  }
  if (at !== directory.end) fail(`the archive's directory has ${directory.end - at} bytes more than its entries`);
  checkOverlaps(spans, fail);
  return entries;
}

interface Directory {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

function findDirectory(view: DataView, fail: Fail): Directory {
  const last = view.byteLength - END.bytes;
  const first = Math.max(0, last - END.longestComment);
  let at = last;
  while (at >= first && !(u32(view, at) === END.signature && u16(view, at + 20) === last - at)) at--;
  if (at < first) return fail("the file is not a ZIP archive, or its end is missing: it has no end record");
  if (u16(view, at + 4) !== u16(view, at + 6)) fail("the archive is one of several disks, which are not read here");
  const short = {
    disk: u16(view, at + 4),
    count: u16(view, at + 10),
    size: u32(view, at + 12),
    start: u32(view, at + 16),
  };
  const locator = at - LOCATOR_64.bytes;
  const long = locator >= 0 && u32(view, locator) === LOCATOR_64.signature ? readEnd64(view, locator, fail) : undefined;
  const { disk, count, size, start } = {
    disk: merged(short.disk, ELSEWHERE_16, long?.disk, fail),
    count: merged(short.count, ELSEWHERE_16, long?.count, fail),
    size: merged(short.size, ELSEWHERE_32, long?.size, fail),
    start: merged(short.start, ELSEWHERE_32, long?.start, fail),
  };
  if (disk !== 0) fail("the archive is one of several disks, which are not read here");
  const after = (long?.at ?? at) - start - size;
  if (after < 0) fail(`the archive's directory of ${size} bytes at ${start} is not in the file`);
  // Of two archives, one after the other, some readers see the first, and some the second.
  if (after > 0)
    fail(`the archive has ${after} bytes between its directory and the end record, which do not belong there`);
  return { start, end: start + size, count };
}

function readEnd64(view: DataView, locator: number, fail: Fail) {
  const at = u64(view, locator + 8);
  if (at + END_64.bytes > locator || u32(view, at) !== END_64.signature)
    return fail(`the archive has no ZIP64 end record at byte ${at}`);
  return {
    at,
    disk: u32(view, at + 16),
    count: u64(view, at + 32),
    size: u64(view, at + 40),
    start: u64(view, at + 48),
  };
}

/** A number that both end records have. Where they differ, readers would see different archives. */
function merged(short: number, elsewhere: number, long: number | undefined, fail: Fail): number {
  if (long === undefined || (short !== elsewhere && short === long)) return short;
  if (short !== elsewhere) fail(`the archive's two end records differ, in ${short} and ${long}`);
  return long;
}

interface Record {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly compressed: number;
  readonly size: number;
  readonly local: number;
  readonly next: number;
}

function readRecord(bytes: Uint8Array, view: DataView, at: number, end: number, fail: Fail): Record {
  if (at + CENTRAL.bytes > end || u32(view, at) !== CENTRAL.signature)
    return fail(`the archive's directory has no entry at byte ${at}`);
  const nameEnd = at + CENTRAL.bytes + u16(view, at + 28);
  const extraEnd = nameEnd + u16(view, at + 30);
  const next = extraEnd + u16(view, at + 32);
  if (next > end) fail(`the entry at byte ${at} of the archive's directory goes on after the directory's end`);
  const name = decodeName(bytes.subarray(at + CENTRAL.bytes, nameEnd), fail);
  const refuse: Fail = (problem) => fail(`entry ${show(name)}: ${problem}`);

  const method = u16(view, at + 10);
  if (u16(view, at + 8) & ENCRYPTED) refuse("it is encrypted");
  if (method !== STORED && method !== DEFLATED)
    refuse(`it is compressed by method ${method}; known are 0, stored, and 8, deflated`);
  const long = longNumbers(view, nameEnd, extraEnd, refuse);
  const [size, compressed, local] = [24, 20, 42].map((field) => {
    const short = u32(view, at + field);
    return short === ELSEWHERE_32 ? long() : short;
  }) as [number, number, number];
  const disk = u16(view, at + 34);
  if (disk !== 0 && disk !== ELSEWHERE_16) refuse("it is on another disk, which is not read here");

  if (compressed > bytes.length) refuse(`its ${compressed} bytes are more than the ${bytes.length} of the file`);
  if (method === STORED && size !== compressed) refuse(`it is stored, but ${size} bytes are ${compressed} in the file`);
  if (size > compressed * LARGEST_RATIO) refuse(`${compressed} bytes cannot be inflated to the declared ${size}`);
  return { name, method, checksum: u32(view, at + 16), compressed, size, local, next };
}

/** Takes the numbers of the ZIP64 extra field, 0x0001, one by one: it has those that did not fit elsewhere, in order. */
function longNumbers(view: DataView, start: number, end: number, fail: Fail): () => number {
  let at = start;
  while (at + 4 <= end && u16(view, at) !== 0x0001) at += 4 + u16(view, at + 2);
  const last = at + 4 <= end ? Math.min(end, at + 4 + u16(view, at + 2)) : end;
  at += 4;
  return () => {
    if (at + 8 > last) fail("its sizes should be in a ZIP64 extra field, which is missing or too short");
    at += 8;
    return u64(view, at - 8);
  };
}

interface Span {
  readonly name: string;
  /** Where the local header begins, and the data. */
  readonly local: number;
  readonly start: number;
  readonly end: number;
}

function findData(view: DataView, { name, local, compressed }: Record, directory: number, fail: Fail): Span {
  if (local + LOCAL.bytes > directory || u32(view, local) !== LOCAL.signature)
    fail(`entry ${show(name)}: there is no local header at byte ${local}`);
  const start = local + LOCAL.bytes + u16(view, local + 26) + u16(view, local + 28);
  const end = start + compressed;
  if (end > directory) fail(`entry ${show(name)}: it ends at byte ${end}, but the directory begins at ${directory}`);
  return { name, local, start, end };
}

function checkOverlaps(spans: readonly Span[], fail: Fail): void {
  const ordered = spans.toSorted((a, b) => a.local - b.local);
  for (const [i, { name, local }] of ordered.entries()) {
    const before = ordered[i - 1];
    if (before && local < before.end) fail(`entries ${show(before.name)} and ${show(name)} overlap at byte ${local}`);
  }
}

function readEntry(archive: Uint8Array, record: Record, { start, end }: Span, fail: Fail): Uint8Array {
  const refuse: Fail = (problem) => fail(`entry ${show(record.name)}: ${problem}`);
  const data = archive.subarray(start, end);
  const bytes = record.method === STORED ? data : inflate(data, record.size, refuse);
  // PyTorch, told not to compute checksums, writes 0 for what it stores.
  const unchecked = record.method === STORED && record.checksum === 0;
  if (!unchecked && crc32(bytes) !== record.checksum)
    refuse("its bytes are damaged: their CRC-32 is another than the archive has");
  return bytes;
}

/** Without the flag that says UTF-8 a name may be in any code page, but ASCII is the same in all. */
function decodeName(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("the name of an entry of the archive is not UTF-8");
  }
}

const u16 = (view: DataView, at: number): number => view.getUint16(at, true);
const u32 = (view: DataView, at: number): number => view.getUint32(at, true);
/** Not exact above 2^53, where it is beyond any file. */
const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
