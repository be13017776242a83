import { expect, it } from 'vitest';
import { SseParser } from '../../../core/openai/sse-parser.ts';

const STREAM = Buffer.from(
  '\u{FEFF}data: {"a":"ü🙂"}\n\n: comment\r\nevent: x\r\ndata:one\r\ndata: two\r\n\r\ndata: three\r\rid: 7\n\ndata\n\ndata: [DONE]\n\n',
);
const EVENTS = ['{"a":"ü🙂"}', 'one\ntwo', 'three', '[DONE]'];

it('gives the same events for a cut at every byte, and for one byte at a time', () => {
  for (let cut = 0; cut <= STREAM.length; cut++) {
    const parser = new SseParser();
    expect([...parser.push(STREAM.subarray(0, cut)), ...parser.push(STREAM.subarray(cut))], `cut at ${cut}`).toEqual(
      EVENTS,
    );
  }
  const parser = new SseParser();
  expect([...STREAM].flatMap((byte) => parser.push(Uint8Array.of(byte)))).toEqual(EVENTS);
});

it('holds an event back until its blank line', () => {
  const parser = new SseParser();
  expect(parser.push(Buffer.from('data: half\n'))).toEqual([]);
  expect(parser.push(Buffer.from('\n'))).toEqual(['half']);
});

it('refuses an endless line and an endless event', () => {
  const flood = Buffer.from('x'.repeat(1 << 19));
  const line = new SseParser();
  line.push(flood);
  expect(() => [line.push(flood), line.push(flood)]).toThrow(RangeError);
  const event = new SseParser();
  expect(() => {
    for (let i = 0; i < 300; i++) event.push(Buffer.from(`data: ${'x'.repeat(8192)}\n`));
  }).toThrow(RangeError);
});
