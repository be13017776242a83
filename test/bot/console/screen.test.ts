import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScreen } from '../../../bot/console/screen.ts';
import { splitPaths } from '../../../bot/console/split-paths.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, write: (text: string) => written.push(text), text: () => written.join('') };
}

describe('the screen', () => {
  it('shows Markdown without its marks in a pipe, and bold on a terminal', () => {
    const [pipe, terminal, status] = [stream(false), stream(true), stream(false)];
    createScreen(pipe, status).say('**Kept:** `a` \\*b\\*');
    createScreen(terminal, status).say('**Kept:** `a` \\*b\\*');
    expect(pipe.text()).toBe('Kept: a *b*\n\n');
    expect(terminal.text()).toBe('\u001b[1mKept:\u001b[22m a *b*\n\n');
  });

  it('lets nothing through that a terminal would obey', () => {
    const [output, status] = [stream(false), stream(false)];
    const screen = createScreen(output, status);
    screen.say('a\u001b[2Jb\u0007\u009b31m\rc\td\ne\u0000');
    screen.progress('x\u001b]0;y\u0007');
    expect(output.text() + status.text()).not.toMatch(/[^\P{Cc}\n\t]/u);
    expect(output.text()).toContain('c\td\ne');
  });

  it('overwrites progress on a terminal, and writes lines elsewhere', () => {
    const [output, terminal, pipe] = [stream(false), stream(true), stream(false)];
    const [first, second] = [createScreen(output, terminal), createScreen(output, pipe)];
    for (const screen of [first, second]) {
      screen.progress('1 of 2');
      screen.progress('1 of 2');
      screen.progress('2 of 2');
      screen.say('done');
    }
    expect(terminal.text()).toBe('1 of 2\r\u001b[2K2 of 2\r\u001b[2K');
    expect(pipe.text()).toBe('1 of 2\n2 of 2\n');
  });
});

describe('splitPaths', () => {
  it.each<[string, string[]]>([
    ['a.pdf', ['a.pdf']],
    ['  a.pdf   b.pdf ', ['a.pdf', 'b.pdf']],
    ['"a b.pdf" \'c "d".pdf\'', ['a b.pdf', 'c "d".pdf']],
    ['a\\ b.pdf', ['a b.pdf']],
    ['"a \\"b\\".pdf"', ['a "b".pdf']],
    ['/tmp/x.pdf', ['/tmp/x.pdf']],
    ['', []],
  ])('%j', (text, paths) => {
    expect(splitPaths(text)).toEqual(paths.map((path) => resolve(path)));
  });

  it('knows the home folder', () => {
    expect(splitPaths('~/a.pdf')).toEqual([join(homedir(), 'a.pdf')]);
  });
});
