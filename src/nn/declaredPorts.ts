/** An input or output as a network from a file describes it: lengths that are left open have names. */
export interface DeclaredPort {
  readonly name: string;
  readonly shape: readonly (number | string)[] | null;
}

/** What a network from a file says of its inputs or outputs; `null` for one that says nothing. */
export function declaredPorts(net: object, which: "inputs" | "outputs"): readonly DeclaredPort[] | null {
  const ports = (net as Record<string, unknown>)[which];
  if (!Array.isArray(ports) || !ports.every((port) => typeof port?.name === "string")) return null;
  return ports.map(({ name, shape }) => ({ name, shape: Array.isArray(shape) ? shape : null }));
}
