import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Publisher } from '../update/publisher.ts';
import { ReleaseHost } from './release-host.ts';

// Root trusts nothing that ops laid ready: the list has to be signed, the archive has to be the one of the list.

let stage: ReleaseHost;
let publisher: Publisher;
let incoming: string;
beforeEach(async () => {
  stage = new ReleaseHost('good');
  const { host } = stage;
  publisher = await Publisher.make(host.dir);
  rmSync(join(stage.releases, '0.2.0'), { recursive: true });
  const tree = join(host.dir, 'tree');
  mkdirSync(tree);
  writeFileSync(join(tree, 'hello'), 'of 0.2.0', { mode: 0o600 });
  await publisher.publish('0.2.0', tree);
  incoming = join(host.spool, 'incoming');
  cpSync(publisher.feed, incoming, { recursive: true });
  stage.configure({ keyring: publisher.keyring });
});
afterEach(() => stage.remove());

const REQUEST = 'apply-release\nversion=0.2.0\n';
const ask = () => stage.host.ask('u1', REQUEST);

test('a signed archive is unpacked, for the account of the bot to read, and switched to', async () => {
  expect(await ask()).toEqual(['ok', 'from=0.1.0', 'to=0.2.0']);
  const file = join(stage.releases, 'current', 'hello');
  expect(readFileSync(file, 'utf8')).toBe('of 0.2.0');
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can pack, and unpack, files of another account.');
test.runIf(isRoot)('whoever an archive says that its files belong to, they are root’s alone to change', async () => {
  const file = join(stage.host.dir, 'tree', 'hello');
  chmodSync(file, 0o666);
  chownSync(file, 12345, 12345);
  await publisher.publish('0.2.0', join(stage.host.dir, 'tree'));
  cpSync(publisher.feed, incoming, { recursive: true });
  expect((await ask())?.[0]).toBe('ok');
  const { uid, gid, mode } = statSync(join(stage.releases, 'current', 'hello'));
  expect([uid, gid, (mode & 0o777).toString(8)]).toEqual([0, 0, '644']);
});

test('a list of before is refused, though it is signed; a newer one is taken', async () => {
  const list = readFileSync(join(incoming, 'releases.txt'), 'utf8');
  const numbered = async (line: string) => {
    await publisher.signList(list.replace('# number 1', line));
    cpSync(publisher.feed, incoming, { recursive: true });
  };
  await numbered('# number 9');
  rmSync(join(incoming, 'kinkeeper-0.2.0.tar.gz'));
  expect(await stage.host.ask('u1', REQUEST)).toEqual(['failed', 'reason=no-archive']);
  for (const [id, line] of [
    ['u2', '# number 8'],
    ['u3', '# no number'],
  ] as const) {
    await numbered(line);
    expect(await stage.host.ask(id, REQUEST)).toEqual(['failed', 'reason=list-older']);
  }
  expect(existsSync(join(stage.releases, '0.2.0'))).toBe(false);
  await numbered('# number 10');
  expect((await stage.host.ask('u4', REQUEST))?.[0]).toBe('ok');
});

describe('nothing is begun', () => {
  test.each<[string, () => void | Promise<void>, string]>([
    ['with a list that was changed', () => change('releases.txt', /0\.2\.0/, '0.2.0 '), 'not-signed'],
    ['without a signature', () => rmSync(join(incoming, 'releases.txt.asc')), 'not-signed'],
    [
      'with a list that somebody else signed',
      async () => {
        const other = await Publisher.make(join(stage.host.dir, 'other'));
        await other.signList(readFileSync(join(incoming, 'releases.txt'), 'utf8'));
        cpSync(other.feed, incoming, { recursive: true });
      },
      'not-signed',
    ],
    ['with a list behind a link', () => link('releases.txt'), 'not-signed'],
    ['with another archive', () => change('kinkeeper-0.2.0.tar.gz', /^/, 'x'), 'wrong-archive'],
    ['without the archive', () => rmSync(join(incoming, 'kinkeeper-0.2.0.tar.gz')), 'no-archive'],
    ['with an archive behind a link', () => link('kinkeeper-0.2.0.tar.gz'), 'no-archive'],
    ['without a key in the settings', () => stage.configure({}), 'not-signed'],
  ])('%s', async (_name, spoil, reason) => {
    await spoil();
    expect(await ask()).toEqual(['failed', `reason=${reason}`]);
    expect(existsSync(join(stage.releases, '0.2.0'))).toBe(false);
    expect([stage.current, ...stage.running]).toEqual(['0.1.0', '0.1.0', '0.1.0']);
    expect(stage.served).toEqual([]);
  });
});

function change(name: string, from: RegExp, to: string): void {
  const file = join(incoming, name);
  writeFileSync(file, readFileSync(file, 'latin1').replace(from, to), 'latin1');
}

function link(name: string): void {
  rmSync(join(incoming, name));
  symlinkSync(join(publisher.feed, name), join(incoming, name));
}
