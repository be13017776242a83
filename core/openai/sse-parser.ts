/**
 * Takes the `data` of server-sent events out of a stream of bytes, however the network cuts it: in the middle of a line,
 * of "\r\n", of one character (https://html.spec.whatwg.org/multipage/server-sent-events.html, fields other than
 * `data` left out). Throws RangeError when one event grows beyond `LARGEST_EVENT`.
 */
export class SseParser {
  readonly #decoder = new TextDecoder();
  #line = '';
  #data: string[] = [];
  #size = 0;
  #afterReturn = false;

  /** The events that `bytes` completes. */
  push(bytes: Uint8Array): string[] {
    const events: string[] = [];
    const text = this.#decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const skip = this.#afterReturn && code === 10;
      this.#afterReturn = code === 13;
      if (skip) start = at + 1;
      else if (code === 10 || code === 13) {
        this.#endLine(this.#line + text.slice(start, at), events);
        this.#line = '';
        start = at + 1;
      }
    }
    this.#line += text.slice(start);
    if (this.#line.length + this.#size > LARGEST_EVENT) throw new RangeError('an event of the stream is too large');
    return events;
  }

  #endLine(line: string, events: string[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push(this.#data.join('\n'));
      this.#data = [];
      this.#size = 0;
    } else if (line.startsWith('data:')) {
      this.#data.push(line.slice(line[5] === ' ' ? 6 : 5));
      this.#size += line.length;
    }
  }
}

const LARGEST_EVENT = 1 << 20;
