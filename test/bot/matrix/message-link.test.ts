import { expect, test } from 'vitest';
import { editContent, messageContent } from '../../../bot/matrix/message-content.ts';
import { messageLink } from '../../../bot/matrix/message-link.ts';

const LINK = 'https://matrix.to/#/!room%3Ahome.test/%24event?via=home.test';

test('a link to a message is a link in HTML, and nothing in the plain text', () => {
  const text = `[1] **lease.pdf**, page 3${messageLink(LINK)}\n[2] b.pdf${messageLink(LINK)}`;
  const content = messageContent(text, 'm.text');
  const anchor = `<a href="${LINK}">↗</a>`;
  expect(content.body).toBe('[1] lease.pdf, page 3\n[2] b.pdf');
  expect(content.formatted_body).toBe(
    `<p>[1] <strong>lease.pdf</strong>, page 3 ${anchor}<br />[2] b.pdf ${anchor}</p>`,
  );
  expect(JSON.stringify(editContent(text, 'm.text'))).toContain('%24event');
});

test.each([
  'https://evil.example/',
  'https://matrix.to/#/@ada:home.test',
  'https://matrix.to/#/%40ada%3Ahome.test/%24event?via=x',
  'https://matrix.to/#/!room/%24event?via=x"onclick="x',
  'https://matrix.to.evil.example/#/!room/%24event?via=x',
  'javascript:alert(1)',
])('%j is none', (link) => {
  expect(messageLink(link)).toBe('');
  const written = messageContent(`a [↗](${link}) \ue000 b`, 'm.text').formatted_body;
  expect(written).not.toMatch(/<a|\ue000/);
});
