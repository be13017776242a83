import { describe, expect, test } from 'vitest';
import { editContent, messageContent } from '../../../bot/matrix/message-content.ts';
import { code } from '../../../core/wording/markdown.ts';
import { escapeDocument, withoutJoiners } from '../../../core/wording/quote.ts';
import { randomStream, testSeed } from '../random.ts';

const ALLOWED = new Set([
  'p',
  'br',
  'strong',
  'em',
  'b',
  'i',
  'del',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'h4',
  'h5',
  'h6',
  'hr',
]);

/** Every tag of a piece of HTML with its attributes; whatever begins like a tag or a comment counts. */
function tagsOf(html: string): { name: string; rest: string }[] {
  return [...html.matchAll(/<([!?/]?)([a-z0-9]*)([^>]*)>?/gi)].map(([, mark = '', name = '', rest = '']) => ({
    name: mark === '/' || mark === '' ? name.toLowerCase() : mark,
    rest: rest.trim(),
  }));
}

function expectHarmless(html: unknown, from: string): void {
  for (const { name, rest } of tagsOf(String(html))) {
    expect(ALLOWED.has(name), `<${name}> from ${JSON.stringify(from)}`).toBe(true);
    expect(
      rest === '' || rest === '/' || (name === 'ol' && /^start="\d+"$/.test(rest)),
      `attributes ${rest} from ${JSON.stringify(from)}`,
    ).toBe(true);
  }
}

const PIECES = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '![x](https://evil.test/x.png)',
  '[x](https://evil.test)',
  '<a href="https://evil.test">x</a>',
  'https://evil.test/a?b',
  'www.evil.test',
  '<https://evil.test>',
  'mail@evil.test',
  '[x](javascript:alert(1))',
  '<svg/onload=x>',
  '<style>*{}</style>',
  '<iframe src=x>',
  '<span data-mx-color="#fff">',
  '<font color=red>',
  '<mx-reply>',
  '<details open>',
  '[x]: https://evil.test',
  '[x][x]',
  '![x][x]',
  '<!-- ',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?x',
  '**',
  '*',
  '`',
  '```',
  '```js\n',
  '~~',
  '> ',
  '- ',
  '1. ',
  '# ',
  '| a | b |\n|---|---|\n',
  '- [ ] ',
  '\n',
  '\n\n',
  '    ',
  '\\',
  '&lt;img src=x&gt;',
  '&#60;img src=x&#62;',
  '<',
  '>',
  '"',
  "'",
  '\u0000',
  '\u202e',
  '</p>',
  '<ol start="5" onclick="x">',
  '<ol start=x>',
  '@ada:home.test',
  '@room',
  '[Ada](https://matrix.to/#/@ada:home.test)',
  '<a href="https://matrix.to/#/@ada:home.test">Ada</a>',
  'word',
  'ümläut',
  '🙂',
];
const seed = testSeed();

describe(`what a message shows (seed ${seed})`, () => {
  test('no link, image, foreign tag or attribute survives, whatever is put together', () => {
    const random = randomStream(seed);
    for (let round = 0; round < 4000; round += 1) {
      const markdown = Array.from(
        { length: 1 + random() * 8 },
        () => PIECES[Math.floor(random() * PIECES.length)],
      ).join(random() < 0.5 ? '' : ' ');
      for (const content of [messageContent(markdown, 'm.text'), editContent(markdown, 'm.notice', '$e')]) {
        expectHarmless(content.formatted_body, markdown);
        expect(content['m.mentions']).toEqual({});
        expect(JSON.stringify(content)).not.toContain('user_ids');
      }
    }
  });

  test.each(PIECES)('%j alone is harmless', (piece) => {
    expectHarmless(messageContent(piece, 'm.text').formatted_body, piece);
    expectHarmless(messageContent(`x\n${piece}\nx`, 'm.text').formatted_body, piece);
  });

  test('the test itself would notice', () => {
    for (const html of [
      '<a href="x">',
      '<img src=x>',
      '<p class="x">',
      '<b onclick=x>',
      '<script',
      '<!-- x',
      '<ol start="1" class="x">',
    ]) {
      expect(() => expectHarmless(html, html), html).toThrow();
    }
  });

  test('emphasis, lists and line breaks are kept', () => {
    const html = String(messageContent('**bold** and `code`\nnext\n\n3. three\n4. four', 'm.text').formatted_body);
    expect(html).toContain('<strong>bold</strong> and <code>code</code><br');
    expect(html).toContain('<ol start="3">');
  });

  test('people without HTML read it without marks and escapes', () => {
    expect(messageContent('**Rent \\*2024\\*.pdf** \\[1\\]\\: `!help`', 'm.text').body).toBe(
      'Rent *2024*.pdf [1]: !help',
    );
  });

  test('a long text does not take long', () => {
    for (const piece of ['**a', '\\', '**', '[', '*_', '> ', '`', '![](', '<a '])
      messageContent(piece.repeat(4000), 'm.text');
  }, 10_000);
});

describe('how a message relates', () => {
  test('to nothing', () => {
    expect(messageContent('x', 'm.notice')).toEqual({
      msgtype: 'm.notice',
      body: 'x',
      format: 'org.matrix.custom.html',
      formatted_body: '<p>x</p>',
      'm.mentions': {},
    });
  });

  test('to the message it answers', () => {
    expect(messageContent('x', 'm.text', { inReplyTo: '$q' })['m.relates_to']).toEqual({
      'm.in_reply_to': { event_id: '$q' },
    });
  });

  test('to its thread, with the answered message for clients without threads', () => {
    const relation = {
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: true,
      'm.in_reply_to': { event_id: '$q' },
    };
    expect(messageContent('x', 'm.text', { inReplyTo: '$q', thread: '$root' })['m.relates_to']).toEqual(relation);
    expect(messageContent('x', 'm.text', { thread: '$root' })['m.relates_to']).toEqual({
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: true,
    });
  });

  test('as an edit: the new content whole, a fallback marked with a star, the relation only outside', () => {
    const fresh = messageContent('**new**', 'm.text');
    const edit = editContent('**new**', 'm.text', '$first');
    expect(edit).toEqual({
      ...fresh,
      body: '* new',
      formatted_body: '* <p><strong>new</strong></p>',
      'm.new_content': fresh,
      'm.relates_to': { rel_type: 'm.replace', event_id: '$first' },
    });
    expect(edit['m.new_content']).not.toHaveProperty('m.relates_to');
    expect(editContent('x', 'm.text')).not.toHaveProperty('m.relates_to');
  });

  test('what people copy is the same in the plain body: commands, keys, settings, addresses of the household', () => {
    for (const word of [
      ...['!people add @ben:home.test', 'kinkeeper checklist --trust-key', 'chmod 600 a.b.c', 'config/sample.yaml'],
      ...['host.spoolDir', 'https://chat.home.example', 'chat.home.example:8448', 'kinkeeper_0a1b.2c3d', 'notes.zip'],
      ...['@ben:home.test', 'http://127.0.0.1:8008', 'localhost:8765', '0.1.0', 'abcd-2345'],
    ]) {
      const { body, formatted_body } = messageContent(`Use ${code(word)}.`, 'm.notice');
      expect(body).toBe(`Use ${word}.`);
      expect(formatted_body).toBe(`<p>Use <code>${word}</code>.</p>`);
    }
  });

  test('what a client would make a link of is broken there where a document says it', () => {
    for (const address of ['evil.com', 'https://evil/x.yaml', 'www.evil.org', 'eve@evil.com']) {
      const { body, formatted_body } = messageContent(escapeDocument(`See ${address} now`), 'm.notice');
      expect(formatted_body).toBe(`<p>See <code>${address}</code> now</p>`);
      expect(body, address).toContain('\u2060');
      expect(withoutJoiners(String(body))).toBe(`See ${address} now`);
    }
  });
});
