/** What RTF is made of (Rich Text Format specification 1.9.1, "RTF Syntax"). `byte` is a letter in the current code page. */
export type RtfToken =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'word'; readonly word: string; readonly value: number | undefined }
  | { readonly type: 'symbol'; readonly symbol: string }
  | { readonly type: 'byte'; readonly byte: number };

const OPEN = { type: 'open' } as const;
const CLOSE = { type: 'close' } as const;

/** Takes RTF apart. Binary data is passed over; what is cut off at the end is left out. */
export function* rtfTokens(bytes: Uint8Array): Generator<RtfToken> {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const control = /\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))/y;
  let at = 0;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (code === 0x7b) yield OPEN;
    else if (code === 0x7d) yield CLOSE;
    else if (code !== 0x5c) {
      // Line ends are for people who look at the file; NULs stand behind the end of some.
      if (code !== 10 && code !== 13 && code !== 0) yield { type: 'byte', byte: code };
    } else {
      control.lastIndex = at;
      const [all = '\\', word, number, hex, symbol] = control.exec(source) ?? [];
      const value = number === undefined ? undefined : Number(number);
      at += all.length;
      if (word === 'bin') at += Math.max(0, value ?? 0);
      else if (word !== undefined) yield { type: 'word', word, value };
      else if (hex !== undefined) yield { type: 'byte', byte: Number.parseInt(hex, 16) };
      else if (symbol !== undefined) yield { type: 'symbol', symbol };
      continue;
    }
    at++;
  }
}
