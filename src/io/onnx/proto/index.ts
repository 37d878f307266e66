/** An ONNX file as plain objects, and back. */
export * from "./model.ts";
export { readOnnxTensor, writeOnnxTensor } from "./tensor.ts";
