import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sshPorts } from '../../../ops/setup/ssh-ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-sshd-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function sshd(says: string): void {
  writeFileSync(join(folder, 'sshd'), `#!/bin/sh\n${says}\n`);
  chmodSync(join(folder, 'sshd'), 0o755);
}
const found = () => sshPorts(folder, join(folder, 'host.conf'));

test('every port that sshd listens on is taken, once', async () => {
  sshd("printf 'port 2222\\nport 22\\nport 22\\naddressfamily any\\n'");
  expect(await found()).toBe('2222 22');
});

test('where sshd does not tell, the ports of last time stay, or it is the usual one', async () => {
  sshd('echo "sshd: no hostkeys available" >&2; exit 1');
  expect(await found()).toBe('22');
  writeFileSync(join(folder, 'host.conf'), 'spool=/var/lib/kinkeeper-spool\nssh_port=2222\n');
  expect(await found()).toBe('2222');
});
