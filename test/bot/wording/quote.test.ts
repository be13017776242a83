import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { messageContent } from '../../../bot/matrix/message-content.ts';
import { plainText } from '../../../core/wording/markdown.ts';
import { escapeDocument, escapeMarkdown, quote } from '../../../core/wording/quote.ts';
import { harmIn } from '../../prove/harm-in.ts';
import { randomStream, testSeed } from '../random.ts';

const RUNS = Number(process.env.KINKEEPER_TEST_RUNS ?? 1000);

/** Pieces that mean something to Markdown, HTML, Matrix clients or terminals. */
const PIECES = [
  ...[
    '**',
    '*',
    '_',
    '__',
    '`',
    '```',
    '~~',
    '\\',
    '[',
    ']',
    '](',
    ')',
    '(',
    '![',
    '<',
    '>',
    '</p>',
    '<b>',
    '&',
    '&amp;',
    '&#64;',
  ],
  ...[
    '|',
    '#',
    '# ',
    '## ',
    '- ',
    '+ ',
    '1. ',
    '12) ',
    '> ',
    '---',
    '===',
    ': ',
    '[x] ',
    '\n',
    '\n\n',
    '    ',
    '\t',
    '\r',
    '  \n',
  ],
  ...[
    '@room',
    '@ben:home.test',
    '#room:home.test',
    'https://matrix.to/#/@ben:home.test',
    'http://a.b',
    'www.a.org',
    'a@b.org',
    'mailto:a@b.c',
  ],
  ...[
    '<a href="https://matrix.to/#/@x:y">',
    '<img src=x onerror=1>',
    '<!--',
    '<?',
    '[1]: http://x',
    '[^1]',
    '{',
    '}',
    '$',
    '=',
    '"',
    "'",
  ],
  ...[
    '\u202e',
    '\u2066',
    '\u200b',
    '\u2060',
    '\u0000',
    '\u001b[31m',
    '\ud800',
    '\u{1F468}\u200d\u{1F469}',
    'é',
    'Ä',
    '文件',
    'ملف',
    'a',
    'Z',
    ' ',
    '.',
    '-',
    '7',
  ],
];

function randomText(random: () => number): string {
  const length = 1 + Math.floor(random() * 12);
  return Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
}

function htmlOf(markdown: string): string {
  return marked.parse(markdown, { async: false, gfm: true, breaks: true }).trim();
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** What a reader sees of inert text: the quotation without its escapes. */
function shown(text: string): string {
  return escapeHtml(quote(text).replace(/\\([!-/:-@[-`{-~])/g, '$1'));
}

describe('quote', () => {
  const seed = testSeed();

  it(`shows any text as nothing but that text, wherever a sentence puts it (seed ${seed})`, () => {
    const random = randomStream(seed);
    for (let run = 0; run < RUNS; run++) {
      const text = randomText(random);
      if (/^`/.test(quote(text))) continue; // a whole Matrix id, tested below
      const message = `seed ${seed}, run ${run}: ${JSON.stringify(text)}`;
      expect(htmlOf(quote(text)), message).toBe(`<p>${shown(text)}</p>`);
      expect(htmlOf(`Reading **${quote(text)}** …`), message).toBe(`<p>Reading <strong>${shown(text)}</strong> …</p>`);
      expect(htmlOf(`- **3** ${quote(text)} (pdf)`), message).toContain(
        `<li><strong>3</strong> ${shown(text)} (pdf)</li>`,
      );
      expect(htmlOf(`“${quote(text)}”`), message).toBe(`<p>“${shown(text)}”</p>`);
    }
  });

  it(`lets no mention, link, or turn of direction through, in HTML and in the plain body (seed ${seed})`, () => {
    const random = randomStream(seed + 1);
    for (let run = 0; run < RUNS; run++) {
      const text = randomText(random);
      const quoted = quote(text);
      if (/^`/.test(quoted)) continue;
      const message = `seed ${seed}, run ${run}: ${JSON.stringify(text)}`;
      for (const form of [quoted, plainText(quoted)]) {
        expect(form, message).not.toMatch(/[@#][^\s\u2060]|:\/\/|\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(form.isWellFormed(), message).toBe(true);
      }
      expect(htmlOf(quoted), message).not.toMatch(/<(?!\/?p>)/);
    }
  });

  it('shows a Matrix address as code, which clients neither link nor turn into a pill', () => {
    expect(quote('@ben_k:home.test')).toBe('`@ben_k:home.test`');
    expect(quote('@ben`<b>:home.test')).not.toContain('`@');
  });

  it('is readable for ordinary names', () => {
    expect(quote('Mietvertrag Müller (2024).pdf')).toBe('Mietvertrag Müller (2024).pdf');
    expect(plainText(quote('a_b*c [draft] & <x>.md'))).toBe('a_b*c [draft] & <x>.md');
  });

  it.each([
    ['Log in at secure-bank.com/verify?id=1', 'Log in at secure-bank.\u2060com/verify?id=1'],
    ['paypal-login.com', 'paypal-login.\u2060com'],
    ['evil.com.pdf', 'evil.\u2060com.pdf'],
    ['skype:eve https:evil', 'skype:\u2060eve https:\u2060evil'],
    ['localhost:8008 192.168.1.1/x', 'local\u2060host:8008 192.\u2060168.\u20601.\u20601/x'],
    ['2024.01 rent.pdf', '2024.01 rent.pdf'],
  ])('breaks hosts in headings and names: %s', (text, expected) => {
    expect(quote(text)).toBe(expected);
    expect(harmIn(messageContent(`**${quote(text)}**`, 'm.notice')).links).toEqual([]);
  });

  it('shortens, and has something to show for nothing', () => {
    expect([...quote('ä'.repeat(500))]).toHaveLength(160);
    expect(quote('  \u200b ')).toBe('…');
  });
});

describe('escapeMarkdown', () => {
  it('keeps the length of long stretches', () => {
    const long = 'Wort '.repeat(500).trim();
    expect(escapeMarkdown(long)).toBe(long);
  });
});

describe('escapeDocument', () => {
  const seed = testSeed();

  it.each([
    ['Write to ada.l@example.org.', 'Write to ``ada.l@example.org``.'],
    ['see https://x.example/a_b?c=d, then', 'see ``https://x.example/a_b?c=d``, then'],
    ['www.bank.de/konto und bank.de', '``www.bank.de/konto`` und ``bank.de``'],
    ['contract.pdf and a sentence.Next', 'contract.\u2060pdf and a sentence.\u2060Next'],
    ['@ben:home.test #x:home.test', '@\u2060ben:home.\u2060test #\u2060x:home.\u2060test'],
    ['https://matrix.to/#/@ben:home.test', 'https:\u2060//matrix.\u2060to/#\u2060/@\u2060ben:home.\u2060test'],
    ['https://x.de/#room:home.de', 'https:\u2060//x.\u2060de/#\u2060room:home.\u2060de'],
    ['https://x.de/+team:home.de', 'https:\u2060//x.\u2060de/+team:home.\u2060de'],
    ['https://x.de/!room:home.de', 'https:\u2060//x.\u2060de/!room:home.\u2060de'],
    ['https://matrix.to/', 'https:\u2060//matrix.\u2060to/'],
    ['www.matrix.to', 'www\u2060.matrix.\u2060to'],
    ['https://x.example/@ben:home.test', 'https:\u2060//x.\u2060example/@\u2060ben:home.\u2060test'],
  ])('%s', (text, expected) => {
    expect(escapeDocument(text)).toBe(expected);
  });

  it(`lets no link or mention through, in HTML and in the plain body (seed ${seed})`, () => {
    const random = randomStream(seed + 2);
    for (let run = 0; run < RUNS; run++) {
      const text = `${randomText(random)}${randomText(random)}`.replace(/[\p{Cc}\u2060]/gu, ' ').toWellFormed();
      const content = messageContent(`“${escapeDocument(text)}”`, 'm.text');
      const message = `seed ${seed}, run ${run}: ${JSON.stringify(text)}`;
      expect(harmIn(content), message).toEqual({ links: [], images: [], mentions: [] });
      expect(String(content.formatted_body), message).not.toMatch(/<(?!\/?(?:p|code)>)/);
      expect(String(content.body).replaceAll('\u2060', ''), message).toContain(text.trim().split(/\s+/)[0]);
    }
  });
});
