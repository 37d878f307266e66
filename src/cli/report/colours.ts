/** Sixteen steps of the colour map "magma" (Smith, van der Walt 2015, CC0): evenly brighter to the eye and in grey. */
export const MAGMA: readonly string[] = [
  "#000004",
  "#0b0924",
  "#20114b",
  "#3b0f70",
  "#57157e",
  "#721f81",
  "#8c2981",
  "#a8327d",
  "#c43c75",
  "#de4968",
  "#f1605d",
  "#fa7f5e",
  "#fe9f6d",
  "#febf84",
  "#fddea0",
  "#fcfdbf",
];
