/**
 * The errors of atrous: one tree, so that `catch` can be as wide or as narrow as the caller needs.
 *
 * Every message names the operation, prints the values, states the relation that is broken and, where there is one, the
 * admissible range: `convTranspose1d: outputLength 10 is outside 11..12 (length 6, kernelSize 3, stride 2, padding 1)`.
 */
export class AtrousError extends Error {
  override name: string = "AtrousError"; // a literal, because minifiers rename classes
}

/** Shapes, ranks or lengths that do not fit together. */
export class ShapeError extends AtrousError {
  override name: string = "ShapeError";
}

/** An option, argument or hyper-parameter with an impossible value, or an option that does not exist. */
export class OptionError extends AtrousError {
  override name: string = "OptionError";
}

/** An option or argument of the wrong JavaScript type, such as a string where an integer belongs. */
export class OptionTypeError extends OptionError {
  override name: string = "OptionTypeError";
}

/** Element types that do not fit together, or that an operation does not know. */
export class DTypeError extends AtrousError {
  override name: string = "DTypeError";
}

/** Something asked of the graph that it cannot give, such as the gradient of a tensor that is not part of it. */
export class GraphError extends AtrousError {
  override name: string = "GraphError";
}

/** A network that cannot be computed block by block, or a stream asked for what it cannot do any more. */
export class StreamError extends AtrousError {
  override name: string = "StreamError";
}

/** A state dict that does not fit the module it is loaded into. */
export class StateDictError extends AtrousError {
  override name: string = "StateDictError";
}

/** A file that is damaged, hostile, or of a kind that is not read here. */
export class FormatError extends AtrousError {
  override name: string = "FormatError";
}
