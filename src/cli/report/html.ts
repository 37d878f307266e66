/** Text made safe for HTML. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attribute values in either kind of quotes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** JSON for a script element: no "<", so that no string can end the element or open a comment. */
export const jsonForHtml = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** Code for a script or style element: what would end it or open a comment is only found in strings, where \x3c is "<". */
export const codeForHtml = (code: string): string => code.replace(/<(?=\/(script|style)|!--)/gi, "\\x3c");
