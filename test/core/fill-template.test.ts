import { expect, test } from 'vitest';
import { fillTemplate } from '../../core/fill-template.ts';

test('fills each placeholder, each time', () => {
  const filled = fillTemplate('a {{host}} b {{host}}:{{port}}', { host: 'home.test', port: '8448', other: 'x' });
  expect(filled).toBe('a home.test b home.test:8448');
});

test('a placeholder without a value is named', () => {
  expect(() => fillTemplate('{{host}}', {})).toThrow('The template asks for host');
  expect(() => fillTemplate('{{toString}}', {})).toThrow('The template asks for toString');
});

test.each(['home.test;', 'a b', 'a"', "a'", 'a\nb', '{x}', '$host', '', 'a#b'])('%j is no plain value', (host) => {
  expect(() => fillTemplate('{{host}}', { host })).toThrow('host has to be a name');
});
