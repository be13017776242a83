const LONGEST = 120;

/** What turns, hides or breaks text on a screen: control characters, bidirectional overrides and marks, invisible blanks. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}\p{Co}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/gu;

/**
 * A file name as it may be stored and shown. Names come from strangers: no folders, nothing that controls a terminal or
 * turns the text around ("gpj.exe" shown as "exe.jpg"), at most 120 characters with the ending kept. Never empty.
 */
export function cleanName(untrusted: string): string {
  const last = untrusted.slice(0, 4096).split(/[\\/]/).pop() ?? '';
  const name = showable(last.normalize('NFC').toWellFormed());
  if (name === '' || /^\.+$/.test(name)) return 'document';
  return shorten(name);
}

/** A line as it may be shown: nothing that controls a terminal or turns text around, single blanks. May be empty. */
export function showable(untrusted: string): string {
  return untrusted.replace(UNSHOWABLE, ' ').replace(/\s+/gu, ' ').trim();
}

/** The ending of a name in lower case without its dot; "" when there is none. A hint, never a proof. */
export function extensionOf(name: string): string {
  return /\.([a-z0-9]{1,8})$/i.exec(name.trim())?.[1]?.toLowerCase() ?? '';
}

/** A name without its ending: "Contract.pdf" gives "Contract". */
export function withoutExtension(name: string): string {
  return name.replace(/\.[a-z0-9]{1,8}$/i, '');
}

function shorten(name: string): string {
  if (name.length <= LONGEST) return name;
  const extension = extensionOf(name);
  const tail = extension === '' ? '…' : `….${extension}`;
  let head = '';
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name)) {
    if (head.length + segment.length > LONGEST - tail.length) break;
    head += segment;
  }
  return head.trimEnd() + tail;
}
