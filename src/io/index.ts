/** `atrous/io`: files in and out. Uint8Array in, tensors out; typed errors for everything that is not right. */
export { type Metadata, readSafetensors, readSafetensorsMetadata, writeSafetensors } from "./safetensors.ts";
export { readWav, type Wav, type WavEncoding, writeWav } from "./wav.ts";
