import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { doctor as german } from '../../../ops/doctor/wording/de.ts';
import { doctor as english } from '../../../ops/doctor/wording/en.ts';
import { OF_CONTAINER, pathOnHost } from '../../../ops/fixes/host-path.ts';
import { BARE, IN_DOCKER } from '../fixes/host-kinds.ts';

test('what the doctor says has the same blanks in both languages', () => {
  expect(Object.keys(german)).toEqual(Object.keys(english));
  // A blank is there as the name that the text asked for; what depends on a figure is asked with one.
  const asked = (entry: (facts: never) => string) => {
    const names = new Set<string>();
    const facts = new Proxy({}, { get: (_, name) => void names.add(String(name)) });
    entry(facts as never);
    return [...names].sort();
  };
  for (const key of Object.keys(english) as (keyof typeof english)[])
    expect(asked(german[key]), key).toEqual(asked(english[key]));
});

test('folders of ops in its container are those of the compose file', () => {
  const { services } = parse(readFileSync(new URL('../../../docker-compose.yml', import.meta.url), 'utf8'), {
    merge: true,
  });
  const mounts = (services.ops.volumes as { source: string; target: string }[]).map(({ source, target }) => [
    target,
    source.replace(/^\$\{KINKEEPER_DATA:-[^}]+\}\//, ''),
  ]);
  for (const mount of OF_CONTAINER) expect(mounts).toContainEqual(mount);
  expect(pathOnHost(IN_DOCKER, '/run/secrets-ops/x')).toBe('/srv/kinkeeper/secrets/ops/x');
  expect(pathOnHost(IN_DOCKER, '/data/state')).toBe('/srv/kinkeeper/state');
  expect(pathOnHost(BARE, '/data/state')).toBe('/data/state');
});
