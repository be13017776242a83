import { readdirSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

// `.dockerignore` names what reaches the builder: a file that is missing there stops the image from starting, and no test beside it.

test('every program file of the product reaches the builder', () => {
  const rules = readFileSync(`${ROOT}.dockerignore`, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isSent = (file: string) => {
    const last = rules.findLast((rule) => {
      const pattern = rule.replace(/^!/, '');
      return pattern === '*' || matchesGlob(file, pattern) || matchesGlob(file, `${pattern}/**`);
    });
    return last?.startsWith('!') === true;
  };
  const files = ['bot', 'core', 'ops', 'config'].flatMap((house) =>
    readdirSync(`${ROOT}${house}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${house}/${file}`),
  );
  expect(files.length).toBeGreaterThan(500);
  expect(files.filter((file) => !isSent(file))).toEqual([]);
  expect(isSent('config/kinkeeper.yaml')).toBe(false);
  expect(isSent('secrets/passphrase')).toBe(false);
});
