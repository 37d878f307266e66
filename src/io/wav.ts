/**
 * WAV files, read and written without leaving memory: bytes in, one `Float32Array` per channel out.
 *
 * Integers of b bits are v / 2^(b−1), so that full scale is −1 ≤ x < 1 and int16 is v / 32768; 8-bit samples are stored
 * with an offset of 128. Floats pass as they are, also outside ±1. Bytes from outside are hostile: every size is held
 * against the bytes that are there before anything is allocated, and `FormatError` is the only error of `readWav`.
 *
 * Sources: "Multimedia Programming Interface and Data Specifications 1.0" (IBM, Microsoft 1991) for RIFF and fmt, and
 * Microsoft's `WAVEFORMATEXTENSIBLE` for format code 65534.
 */
import { FormatError, OptionError, ShapeError } from "../core/errors.ts";
import { checkBytes } from "./bytes/fail.ts";

export interface Wav {
  /** Samples per second of each channel. */
  sampleRate: number;
  /** One array per channel, all of the same length. */
  channels: Float32Array[];
}

export type WavEncoding = "pcm16" | "pcm24" | "pcm32" | "float32";

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

const FORMAT_NAMES: Readonly<Record<number, string>> = {
  2: "Microsoft ADPCM",
  6: "A-law",
  7: "mu-law",
  17: "IMA ADPCM",
  49: "GSM 6.10",
  80: "MPEG audio",
  85: "MP3",
  8192: "AC-3",
};

/**
 * Whether a size longer than the file is one that encoders write when they cannot come back to the header: ffmpeg all
 * ones, sox whole frames of about 0x7ffff000 bytes. The data then reaches to the end of the file, as with zero.
 */
const isUnknownSize = (declared: number): boolean => declared === 0xffffffff || declared >>> 16 === 0x7fff;

/** The last 14 bytes of a sub-format GUID whose first two are a format code: xxxx0000-0000-0010-8000-00AA00389B71. */
const GUID_TAIL: readonly number[] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

type ReadSample = (view: DataView, at: number) => number;

const READERS: Readonly<Record<string, ReadSample>> = {
  [`${PCM}/8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM}/16`]: (view, at) => view.getInt16(at, true) / 32768,
  [`${PCM}/24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608,
  [`${PCM}/32`]: (view, at) => view.getInt32(at, true) / 2147483648,
  [`${FLOAT}/32`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/64`]: (view, at) => view.getFloat64(at, true),
};

interface Format {
  sampleRate: number;
  channels: number;
  bytesPerSample: number;
  read: ReadSample;
}

interface Span {
  start: number;
  size: number;
}

/**
 * Reads a RIFF/WAVE file: PCM of 8, 16, 24 or 32 bits and floats of 32 or 64 bits, plain or `WAVE_FORMAT_EXTENSIBLE`,
 * any number of channels. Other chunks are skipped; an incomplete last frame is dropped.
 */
export function readWav(given: Uint8Array): Wav {
  const bytes = checkBytes("readWav", given);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || ascii(bytes, 0, 4) !== "RIFF" || ascii(bytes, 8, 4) !== "WAVE") {
    throw new FormatError(`readWav: expected a RIFF/WAVE file, found ${kindOf(bytes)}`);
  }
  let format: Format | undefined;
  let data: Span | undefined;
  // The size in the RIFF header is not read: encoders that stream leave anything there, and the chunks say it all.
  for (let at = 12; at + 8 <= bytes.length && !(format && data); ) {
    const id = ascii(bytes, at, 4);
    const declared = view.getUint32(at + 4, true);
    const start = at + 8;
    const there = bytes.length - start;
    if (id === "data") data ??= { start, size: dataSize(view, bytes, start, declared) };
    else if (declared > there) throw new FormatError(truncated(id, declared, there));
    else if (id === "fmt ") format ??= readFormat(view, bytes, start, declared);
    const size = id === "data" && data !== undefined && data.start === start ? data.size : declared;
    at = start + size + (size % 2); // chunks start at even offsets
  }
  if (!format) throw new FormatError(`readWav: expected a "fmt " chunk, found none in ${bytes.length} bytes`);
  if (!data) throw new FormatError(`readWav: expected a "data" chunk, found none in ${bytes.length} bytes`);
  return decode(view, format, data);
}

/**
 * Writes a WAV file. Integer encodings clip to full scale and round x · 2^(b−1) to the nearest integer (ties upwards),
 * so pcm16 is round(32768 x) within −32768..32767 and NaN becomes 0; what was read from such a file is written back
 * unchanged. `float32` keeps every bit.
 */
export function writeWav(wav: Wav, options: { encoding?: WavEncoding } = {}): Uint8Array {
  const { encoding = "pcm16" } = options;
  if (!Object.hasOwn(WRITERS, encoding)) {
    throw new OptionError(
      `writeWav: encoding ${JSON.stringify(encoding)} is not one of ${Object.keys(WRITERS).join(", ")}`,
    );
  }
  const { code, bytes: width, write } = WRITERS[encoding];
  const { sampleRate, channels } = wav;
  const blockAlign = channels.length * width;
  const length = channels[0]?.length ?? 0;
  const size = length * blockAlign;
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate * blockAlign > 0xffffffff) {
    throw new OptionError(`writeWav: sampleRate ${sampleRate} is not an integer of 1..${ratesUpTo(blockAlign)}`);
  }
  if (channels.length < 1 || blockAlign > 0xffff) {
    throw new OptionError(`writeWav: ${channels.length} channels are outside 1..${Math.floor(0xffff / width)}`);
  }
  for (const [i, channel] of channels.entries()) {
    if (channel.length !== length) {
      throw new ShapeError(`writeWav: channel ${i} has ${channel.length} samples, channel 0 has ${length}`);
    }
  }
  if (size > 0xffffffff - 64)
    throw new OptionError(`writeWav: ${size} bytes of samples exceed the 4 GiB of a WAV file`);

  // The specification asks everything but PCM for an extended fmt chunk and for a "fact" chunk with the frame count.
  const header = code === PCM ? 44 : 58;
  const out = new Uint8Array(header + size + (size % 2));
  const view = new DataView(out.buffer);
  put(out, 0, "RIFF");
  view.setUint32(4, out.length - 8, true);
  put(out, 8, "WAVEfmt ");
  view.setUint32(16, code === PCM ? 16 : 18, true);
  view.setUint16(20, code, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, width * 8, true);
  if (code !== PCM) {
    put(out, 38, "fact");
    view.setUint32(42, 4, true);
    view.setUint32(46, length, true);
  }
  put(out, header - 8, "data");
  view.setUint32(header - 4, size, true);
  for (const [c, channel] of channels.entries()) {
    for (let t = 0, at = header + c * width; t < length; t++, at += blockAlign) write(view, at, channel[t]!);
  }
  return out;
}

const quantise = (x: number, scale: number): number => Math.min(scale - 1, Math.max(-scale, Math.round(x * scale)));

type WriteSample = (view: DataView, at: number, x: number) => void;

const WRITERS: Readonly<Record<WavEncoding, { code: number; bytes: number; write: WriteSample }>> = {
  pcm16: { code: PCM, bytes: 2, write: (view, at, x) => view.setInt16(at, quantise(x, 32768), true) },
  pcm24: {
    code: PCM,
    bytes: 3,
    write: (view, at, x) => {
      const v = quantise(x, 8388608);
      view.setUint16(at, v & 0xffff, true);
      view.setInt8(at + 2, v >> 16);
    },
  },
  pcm32: { code: PCM, bytes: 4, write: (view, at, x) => view.setInt32(at, quantise(x, 2147483648), true) },
  float32: { code: FLOAT, bytes: 4, write: (view, at, x) => view.setFloat32(at, x, true) },
};

function readFormat(view: DataView, bytes: Uint8Array, start: number, size: number): Format {
  if (size < 16) throw new FormatError(`readWav: expected a "fmt " chunk of at least 16 bytes, found ${size}`);
  let code = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (code === EXTENSIBLE) {
    if (size < 40) throw new FormatError(`readWav: expected an extensible "fmt " chunk of 40 bytes, found ${size}`);
    code = view.getUint16(start + 24, true);
    const tail = bytes.subarray(start + 26, start + 40);
    if (tail.some((byte, i) => byte !== GUID_TAIL[i])) {
      throw new FormatError(`readWav: expected a PCM or float sub-format, found ${hex(bytes, start + 24, 16)}`);
    }
  }
  if (code !== PCM && code !== FLOAT) {
    const name = FORMAT_NAMES[code] ?? "not known here";
    throw new FormatError(`readWav: expected format code 1 (PCM) or 3 (float), found ${code} (${name})`);
  }
  const read = READERS[`${code}/${bits}`];
  if (!read) {
    const expected = code === PCM ? "8, 16, 24 or 32 bits of PCM" : "32 or 64 bits of float";
    throw new FormatError(`readWav: expected ${expected}, found ${bits}`);
  }
  if (channels === 0) throw new FormatError("readWav: expected at least one channel, found 0");
  if (sampleRate === 0) throw new FormatError("readWav: expected a sample rate of at least 1 Hz, found 0");
  const bytesPerSample = bits / 8;
  if (blockAlign !== channels * bytesPerSample) {
    throw new FormatError(
      `readWav: expected frames of ${channels * bytesPerSample} bytes (${channels} channels × ${bits} bits), ` +
        `found a block align of ${blockAlign}`,
    );
  }
  return { sampleRate, channels, bytesPerSample, read };
}

function dataSize(view: DataView, bytes: Uint8Array, start: number, declared: number): number {
  const there = bytes.length - start;
  if (declared === 0) return isChunkList(view, bytes, start) ? 0 : there;
  if (declared > there && isUnknownSize(declared)) return there;
  if (declared > there) throw new FormatError(truncated("data", declared, there));
  return declared;
}

/** Whether the rest of the file is nothing but whole chunks: tells an empty recording from a size never filled in. */
function isChunkList(view: DataView, bytes: Uint8Array, start: number): boolean {
  let at = start;
  while (at + 8 <= bytes.length) {
    for (let i = at; i < at + 4; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  return at === bytes.length;
}

function decode(view: DataView, format: Format, data: Span): Wav {
  const { sampleRate, bytesPerSample, read } = format;
  const blockAlign = format.channels * bytesPerSample;
  const length = Math.floor(data.size / blockAlign);
  // Without frames one empty array stands for all channels: 44 bytes may declare 65535 of them.
  if (length === 0) return { sampleRate, channels: new Array(format.channels).fill(new Float32Array(0)) };
  const channels: Float32Array[] = [];
  for (let c = 0; c < format.channels; c++) {
    const channel = new Float32Array(length);
    for (let t = 0, at = data.start + c * bytesPerSample; t < length; t++, at += blockAlign)
      channel[t] = read(view, at);
    channels.push(channel);
  }
  return { sampleRate, channels };
}

/** What the first bytes say, in words: the reader has usually taken the wrong file, not a damaged one. */
function kindOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const head = ascii(bytes, 0, 4);
  const form = ascii(bytes, 8, 4);
  if (head === "RIFF" && bytes.length >= 12) return `a RIFF file of type ${JSON.stringify(form)}`;
  if (head === "RIFF") return `the first ${bytes.length} bytes of a RIFF file`;
  if (head === "RF64" || head === "BW64") return `a 64-bit WAV file (${head})`;
  if (head === "RIFX") return "a big-endian WAV file (RIFX)";
  if (head === "FORM") return `an AIFF or other IFF file (${JSON.stringify(form)})`;
  if (head === "fLaC") return "a FLAC file";
  if (head === "OggS") return "an Ogg file (Vorbis or Opus)";
  if (head === "caff") return "a Core Audio file (CAF)";
  if (head.startsWith("ID3")) return "an MP3 file (ID3 tag)";
  if (ascii(bytes, 4, 4) === "ftyp") return "an MP4 or M4A file";
  if (bytes[0] === 0x1a && head.slice(1) === "E\xdf\xa3") return "a WebM or Matroska file";
  if (bytes.length > 1 && bytes[0] === 0xff && bytes[1]! >= 0xe0) return "an MP3 or AAC stream";
  const start = bytes.subarray(0, 32);
  if (start.every((b) => (b >= 0x20 && b < 0x7f) || b === 9 || b === 10 || b === 13)) {
    return `text (${JSON.stringify(ascii(bytes, 0, 32))})`;
  }
  return `${bytes.length} bytes that start with ${hex(bytes, 0, 8)}`;
}

const truncated = (id: string, declared: number, there: number): string =>
  `readWav: the file is cut short: chunk ${JSON.stringify(id)} declares ${declared} bytes, ${there} are there`;

const ascii = (bytes: Uint8Array, start: number, count: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + count));

const hex = (bytes: Uint8Array, start: number, count: number): string =>
  Array.from(bytes.subarray(start, start + count), (byte) => byte.toString(16).padStart(2, "0")).join(" ");

const ratesUpTo = (blockAlign: number): number => Math.floor(0xffffffff / Math.max(1, blockAlign));

function put(out: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
}
