import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { IntruderHost } from './intruder-host.ts';

// Whoever broke into ops or bot has their account, and with it the state folder and the requests. By the real helper they gain no more.

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log('Left out: only root can run something as another account.');

describe.runIf(isRoot)('somebody with the account of ops and bot', () => {
  let stage: IntruderHost;
  beforeEach(() => {
    stage = new IntruderHost();
  });
  afterEach(() => stage.remove());

  test('does not get a file of root by a link in the place of the mark', async () => {
    const passwd = join(stage.host.dir, 'passwd');
    writeFileSync(passwd, 'root:x:0:0', { mode: 0o644 });
    await stage.intrude(`ln -s ${passwd} $state/.update-trial.new`);
    expect((await stage.ask('a1', 'apply-release\nversion=0.2.0\n'))?.slice(0, 2)).toEqual([
      'failed',
      'reason=no-confirmation',
    ]);
    expect([statSync(passwd).uid, readFileSync(passwd, 'utf8')]).toEqual([0, 'root:x:0:0']);
    expect((await stage.intrude(`echo evil >>${passwd}`)).exitCode).not.toBe(0);
  });
});
