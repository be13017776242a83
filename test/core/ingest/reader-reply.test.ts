import { describe, expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, MAX_FRAME_BYTES } from '../../../core/ingest/frames.ts';
import { PageCollector, parseReply } from '../../../core/ingest/reader-reply.ts';

describe('frames', () => {
  test('come out whole, however the stream is cut', () => {
    const messages = [{ a: 'ü' }, [], 'x'.repeat(1000)];
    const stream = Buffer.concat(messages.map(encodeFrame));
    for (const size of [1, 3, 7, 5000]) {
      const decoder = new FrameDecoder();
      const found: unknown[] = [];
      for (let at = 0; at < stream.length; at += size) found.push(...decoder.push(stream.subarray(at, at + size)));
      expect(found).toEqual(messages);
    }
  });

  test('that are too long or no JSON are refused', () => {
    const long = Buffer.alloc(4);
    long.writeUInt32BE(MAX_FRAME_BYTES + 1);
    expect(() => new FrameDecoder().push(long)).toThrow(RangeError);
    expect(() => new FrameDecoder().push(Buffer.from('\0\0\0\x01{', 'latin1'))).toThrow(SyntaxError);
  });
});

describe('a child that does not keep the rules', () => {
  test.each([
    [null],
    [{ type: 'text' }],
    [{ type: 'text', text: 7 }],
    [{ type: 'done', text: 'more' }],
    [{ type: 'kind', kind: 'exe' }],
    [{ type: 'refused', reason: 'internal', kind: '' }],
    [{ type: 'refused', reason: 'file-kind', kind: '<b>' }],
    [{ type: 'progress', done: -1, total: 1 }],
    [{ type: 'page', label: 'x'.repeat(65) }],
    [JSON.parse('{"type":"text","text":"a","__proto__":{"x":1}}')],
  ])('is not believed: %j', (message) => {
    expect(() => parseReply(message)).toThrow(expect.objectContaining({ reason: 'file-too-hard' }));
  });

  test('cannot exceed pages, labels or characters, or send text without a page', () => {
    const limits = { pages: 2, characters: 5 };
    const tooHard = expect.objectContaining({ reason: 'file-too-hard' });
    const pages = new PageCollector(limits);
    pages.take({ type: 'page', label: '1' });
    pages.take({ type: 'page', label: '2' });
    expect(() => pages.take({ type: 'page', label: '3' })).toThrow(tooHard);
    const text = new PageCollector(limits);
    text.take({ type: 'page', label: '1' });
    text.take({ type: 'text', text: '12345' });
    expect(() => text.take({ type: 'text', text: '6' })).toThrow(tooHard);
    for (const type of ['unreadable', 'scanned'] as const) {
      const labels = new PageCollector(limits);
      for (const label of ['1', '2']) labels.take({ type, label });
      expect(() => labels.take({ type, label: '3' })).toThrow(tooHard);
    }
    expect(() => new PageCollector(limits).take({ type: 'text', text: '1' })).toThrow(tooHard);
    expect(() => new PageCollector(limits).finish()).toThrow(tooHard);
  });

  test('has its text cleaned again', () => {
    const collector = new PageCollector({ pages: 1, characters: 100 });
    collector.take({ type: 'kind', kind: 'txt' });
    collector.take({ type: 'page', label: null });
    collector.take({ type: 'text', text: 'a\u0000b\ud83d' });
    collector.take({ type: 'text', text: '\ude00\ud800' });
    expect(collector.finish().pages).toEqual([{ label: null, text: 'a b😀\ufffd' }]);
  });
});
