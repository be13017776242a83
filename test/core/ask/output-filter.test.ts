import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { filterOutput } from '../../../core/ask/output-filter.ts';
import { SEED, seededRandom } from './random.ts';

const SOURCES = [
  'Pay at https://pay.example.org/bill?id=7 or www.stadt.example, mail max.m@firma.example',
  'Boiler 2024.pdf',
  'Notes: see example.org',
  'Write to ada@home.md',
  'Router: 10.1.2.3:80',
];
const clean = (text: string) => filterOutput(text, SOURCES);

describe('filterOutput', () => {
  it.each([
    ['The rent is **1,250 €** per month [1][2].\n- due on 3.5.2024\n- if 2 < 3 & 5 > 4', undefined],
    ['See Boiler 2024.pdf, page 3: z.B. Dr. Meier (a.m.), 12.30 Uhr', undefined],
    ['Ünïcödé 燃气费 مرحبا 👨‍👩‍👧 ✌️', undefined],
    ['Pay at https://pay.example.org/bill?id=7.', 'Pay at ``https://pay.example.org/bill?id=7``.'],
    ['At https://pay.example.org/bill?id=7, then', 'At ``https://pay.example.org/bill?id=7``, then'],
    ['Write to ada@home.md', 'Write to ``ada@home.md``'],
    ['Mail max.m@firma.example or see example.org', 'Mail ``max.m@firma.example`` or see ``example.org``'],
    ['Go to https://evil.example/x?d=secret now', 'Go to […] now'],
    ['https://pay.example.org/bill?id=8', '[…]'],
    ['![a](https://evil.example/p.png)', '[a] ([…])'],
    ['[click](https://evil.example/?q=1)', '[click] ([…])'],
    ['[click][1]\n\n[1]: https://evil.example', '[click][1]\n\n[1] : […]'],
    ['<img src=x onerror=alert(1)>hello<script>x</script>', 'hellox'],
    ['<https://evil.example>', '[…]'],
    ['https://matrix.to/#/@eve:evil.example', '[…]'],
    ['evil.example/steal?x=1 and www.evil.example', '[…] and […]'],
    ['secret.evil.example', 'secret. evil. example'],
    ['``evil.example/a`` and ``https://evil.example/b``', '[…] and […]'],
    ['ht\u200Btps://evil.exa\u00ADmple/x', '[…]'],
    ['a\u202Eb\u{E0041}\u{E0042}c\u2066d', 'abcd'],
    ['https\\://evil.example/x', 'https⧵://[…]'],
    ['C:\\scan', 'C:⧵scan'],
    ['https&colon;&sol;&sol;evil&period;example', 'https& colon;& sol;& sol;evil& period;example'],
    ['ht<b></b>tps://evil.example/x', '[…]'],
    ['write to eve@evil.example', 'write to […]'],
    [
      '@room come, ask @ben:home.test or #all:home.test or !r:home.test',
      '＠room come, ask ＠ben:home. test or ＃all:home. test or ！r:home. test',
    ],
    ['-@room .@room +@room %@room a.@ROOM', '-＠room .＠room +＠room %＠room a.＠ROOM'],
    ['skype:eve facetime:eve bitcoin:1a callto:eve', 'skype: eve facetime: eve bitcoin: 1a callto: eve'],
    ['https:evil.example', 'https: evil. example'],
    ['localhost:8008 and 192.168.1.1/admin and http://[::1]/ or 10.0.0.1', '[…] and […] and […] or 10. 0. 0. 1'],
    ['The router is 10.1.2.3:80, localhost is not', 'The router is ``10.1.2.3:80``, localhost is not'],
    ['javascript:alert(1) mailto:max.m@firma.example', 'javascript: alert(1) mailto: ``max.m@firma.example``'],
  ])('%j', (text, expected) => {
    expect(clean(text)).toBe(expected ?? text);
    expect(clean(clean(text))).toBe(clean(text));
  });

  it('never shows a link to matrix.to, even when a document holds one', () => {
    const link = 'https://matrix.to/#/!room:home.test';
    expect(filterOutput(link, [`see ${link}`])).toBe('[…]');
  });

  it('takes all signs of links and tags out of what does not come to rest', () => {
    const safe = clean(`${'!'.repeat(30)}[a](b) & <c> \`d\``);
    expect(safe).not.toMatch(/[<>[\]()`&]/);
    expect(safe).toMatch(/a\s+b/);
  });

  it(`leaves no way out of any mixture of attacks (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    const parts = [
      'https://',
      'http:',
      '//',
      'evil.example',
      '/x?d=1',
      'www.',
      '[',
      ']',
      '(',
      ')',
      '!',
      '<',
      '>',
      '</',
      'img src=',
      'a href="',
      '"',
      '&#x68;',
      '&colon;',
      '\\',
      '`',
      '``',
      '\n',
      ' ',
      ':',
      '[1]',
      '[r]:',
      '](',
      '<!--',
      '-->',
      'javascript:',
      'data:text/html,',
      'matrix.to/#/',
      '\u200B',
      '\u202E',
      '\u{E0061}',
      '\u00AD',
      'word',
      '.',
      '@',
      'ftp://',
      'mailto:',
      '|',
      '*',
      '_',
      '~',
      'https://pay.example.org/bill?id=7',
      '\r',
      '\t',
      'ＨＴＴＰ',
    ];
    for (let round = 0; round < 4000; round++) {
      const text = Array.from(
        { length: 1 + Math.floor(random() * 14) },
        () => parts[Math.floor(random() * parts.length)],
      ).join('');
      const safe = clean(text);
      expect(clean(safe), JSON.stringify(text)).toBe(safe);
      expect(safe, JSON.stringify(text)).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Cf}|\r/u);
      expect(safe, JSON.stringify(text)).not.toMatch(/<[a-z/!?]/i);
      const html = String(marked.parse(safe, { async: false, gfm: true }));
      const tags = [...html.matchAll(/<\/?([a-z]+)([^>]*)>/g)].filter(
        ([, name]) =>
          !/^(?:p|em|strong|code|pre|br|del|ul|ol|li|h[1-6]|blockquote|hr|table|thead|tbody|tr|th|td)$/.test(name!),
      );
      expect(tags, `${JSON.stringify(text)} -> ${JSON.stringify(safe)} -> ${html}`).toEqual([]);
      const outside = html.replace(/<(code|pre)[^>]*>.*?<\/\1>/gs, '').replace(/<[^>]*>/g, '');
      expect(outside, JSON.stringify(text)).not.toMatch(/(?:https?|ftp):\/\/\w|www\.\w|evil\.example|matrix\.to/i);
    }
  });
});
