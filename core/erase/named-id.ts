/** What makes a Matrix id a longer one: more of its server's name, or a port (https://spec.matrix.org/v1.16/appendices/#server-name). */
const GOES_ON = /^(?:[A-Za-z0-9-]|\.[A-Za-z0-9]|:[0-9])/;

/** True for the ids of people and rooms that end with their server's name. */
export function hasServer(id: string): boolean {
  return /^[@!].*:/.test(id);
}

/**
 * Whether a text names an id: `@ben:home.test`, and not the `@ben:home.test.example` of somebody else that begins the same.
 * Anything but an id with a server counts wherever it stands. Used to prove an erasure, and for what it removes.
 */
export function namesId(text: string, id: string): boolean {
  return placesOf(text, id).length > 0;
}

/** A text with `-` in the place of an id, wherever it stands for itself. */
export function withoutId(text: string, id: string): string {
  let [left, from] = ['', 0];
  for (const at of placesOf(text, id)) {
    left += `${text.slice(from, at)}-`;
    from = at + id.length;
  }
  return left + text.slice(from);
}

/** How other ids that begin with this one go on in a text: `.example`, `:8448`. */
export function longerEndings(text: string, id: string): string[] {
  if (!hasServer(id)) return [];
  const behind = text.split(id).slice(1);
  return behind.filter((rest) => GOES_ON.test(rest)).map((rest) => /^[A-Za-z0-9.:-]+/.exec(rest)![0]);
}

function placesOf(text: string, id: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + id.length))
    if (!hasServer(id) || !GOES_ON.test(text.slice(at + id.length, at + id.length + 2))) found.push(at);
  return found;
}
