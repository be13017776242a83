import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

const PART = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+)/g;

/**
 * The paths after `add`, as a shell would read them: blanks separate, quotes and backslashes keep them, "~/" is home.
 * Absolute; relative ones start at the current folder.
 */
export function splitPaths(text: string): string[] {
  return [...text.matchAll(PART)].map(([, double, single, bare = '']) => {
    const path = single ?? (double ?? bare).replace(/\\(.)/g, '$1');
    return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path);
  });
}
