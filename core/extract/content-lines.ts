/** A line of a calendar or address book: "NAME;PARAM=x:value" (RFC 5545 3.1, RFC 6350 3.3). */
export interface ContentLine {
  /** Upper case, without the group that vCard may put before it. */
  readonly name: string;
  /** Values by upper-case name; several of one name joined by commas, as TYPE has them. Bare words of old cards count as TYPE. */
  readonly params: Readonly<Record<string, string>>;
  /** As it stands, escapes and all. */
  readonly value: string;
}

/** A component such as an event or a card: its own lines, in order, and the components in it. */
export interface Component {
  readonly name: string;
  readonly lines: readonly ContentLine[];
  readonly parts: readonly Component[];
}

/** More are nested by no program; a hostile file must not be followed down. */
const DEEPEST = 8;

/** Names, parameters (values may be quoted) and value; linear, as every part excludes what follows it. */
const LINE = /^(?:[\w-]+\.)?([A-Za-z0-9-]+)((?:;[^:;"]*(?:"[^"]*"[^:;"]*)*)*):(.*)$/s;

/** The outermost components of a calendar or address book. Lines that are none are left out; what is not closed ends with the file. */
export function readComponents(text: string): Component[] {
  const root: Open = { name: '', lines: [], parts: [] };
  const open: Open[] = [root];
  for (const raw of unfold(text)) {
    const line = readLine(raw);
    if (line === undefined) continue;
    if (line.name === 'BEGIN' && open.length <= DEEPEST) {
      const part: Open = { name: line.value.trim().toUpperCase(), lines: [], parts: [] };
      open.at(-1)!.parts.push(part);
      open.push(part);
    } else if (line.name === 'END' && open.length > 1) open.pop();
    else open.at(-1)!.lines.push(line);
  }
  return root.parts;
}

interface Open extends Component {
  readonly lines: ContentLine[];
  readonly parts: Open[];
}

/** Text of a value: escapes undone (RFC 5545 3.3.11). */
export function plainValue(value: string): string {
  return value.replace(/\\([nN;,:\\])/g, (_, escaped: string) => (/n/i.test(escaped) ? '\n' : escaped));
}

/** Lines as they were before they were folded. Old cards fold quoted-printable with "=" at the end instead of a blank. */
function* unfold(text: string): Generator<string> {
  let held: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const last = held.at(-1);
    if (last?.endsWith('=') && /^[^:]*ENCODING=QUOTED-PRINTABLE/i.test(held[0]!)) {
      held[held.length - 1] = last.slice(0, -1);
      held.push(line);
    } else if (/^[ \t]/.test(line)) held.push(line.slice(1));
    else {
      if (held.length > 0) yield held.join('');
      held = [line];
    }
  }
  if (held.length > 0) yield held.join('');
}

function readLine(raw: string): ContentLine | undefined {
  const [, name, params, value] = LINE.exec(raw) ?? [];
  if (name === undefined) return undefined;
  const read = readParams(params!);
  const quoted = /^QUOTED-PRINTABLE$/i.test(read.ENCODING ?? '');
  return { name: name.toUpperCase(), params: read, value: quoted ? decodeQuoted(value!, read.CHARSET) : value! };
}

function readParams(text: string): Record<string, string> {
  const params: Record<string, string> = Object.create(null);
  for (const part of text.match(/[^;"]*(?:"[^"]*"[^;"]*)*/g) ?? []) {
    if (part === '') continue;
    const [key, value] = part.includes('=')
      ? splitAt(part, '=')
      : [/PRINTABLE$/i.test(part) ? 'ENCODING' : 'TYPE', part];
    const name = key.trim().toUpperCase();
    const plain = value.replaceAll('"', '').trim();
    params[name] = params[name] === undefined ? plain : `${params[name]},${plain}`;
  }
  return params;
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return [text.slice(0, at), text.slice(at + 1)];
}

function decodeQuoted(value: string, charset = 'utf-8'): string {
  const bytes = Buffer.from(
    value.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    // A charset that nobody knows.
    return bytes.toString('latin1');
  }
}
