/** What went wrong, for people. */

/** An error whose message is a sentence to show. */
export class PlainError extends Error {
  override name: string = "PlainError";
}

/** What browsers call the troubles with microphones (W3C, "Media Capture and Streams", getUserMedia). */
const MICROPHONE: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The browser does not let this page listen. Allow the microphone beside the address, then press Play again.",
  NotFoundError: "There is no microphone. Plug one in, or choose the demo or a file.",
  NotReadableError: "The microphone cannot be read; another program may be using it.",
};

const nameOf = (error: unknown): string => (error instanceof Error || error instanceof DOMException ? error.name : "");

export const microphoneTrouble = (error: unknown): PlainError =>
  new PlainError(MICROPHONE[nameOf(error)] ?? `The microphone cannot be used: ${messageOf(error)}`);

/** A sentence, whatever was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
