import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { Publisher } from '../update/publisher.ts';
import { TestHost } from './test-host.ts';

/** Number of the account that ops and bot run as on this host. */
const ACCOUNT = 12345;

/**
 * A host on which ops and bot run as an account of their own, with two releases and services that say nothing; somebody broke into that
 * account. Needs root, as only root can give files to another account.
 */
export class IntruderHost {
  readonly host: TestHost;
  readonly state: string;

  constructor() {
    this.host = TestHost.make();
    const { dir, bin, spool } = this.host;
    for (const folder of [dir, bin, spool]) chmodSync(folder, 0o755);
    const releases = join(dir, 'releases');
    for (const version of ['0.1.0', '0.2.0']) mkdirSync(join(releases, version), { recursive: true });
    symlinkSync('0.1.0', join(releases, 'current'));
    // The folder above is the account's too, as with StateDirectory= of systemd.
    this.state = join(dir, 'lib', 'state');
    mkdirSync(this.state, { recursive: true, mode: 0o700 });
    mkdirSync(join(spool, 'incoming'), { mode: 0o700 });
    writeFileSync(join(this.state, 'keys.json'), 'as before', { mode: 0o600 });
    for (const path of [join(dir, 'lib'), this.state, join(this.state, 'keys.json')]) chownSync(path, ACCOUNT, ACCOUNT);
    for (const name of ['requests', 'incoming']) chownSync(join(spool, name), ACCOUNT, ACCOUNT);
    chmodSync(join(spool, 'requests'), 0o700);
    this.host.fake('systemctl', '');
    this.configure({});
  }

  /** Writes the helper's settings, with these besides. */
  configure(more: Readonly<Record<string, string>>): void {
    this.host.configure({
      spool_user: String(ACCOUNT),
      spool_group: String(ACCOUNT),
      deployment: 'releases',
      releases_dir: join(this.host.dir, 'releases'),
      state_dir: this.state,
      gate_seconds: '2',
      poll_seconds: '0.1',
      ...more,
    });
  }

  /** Takes the newer release away and lays a signed one ready, as ops fetches it: its archive has to be unpacked first. */
  async layRelease(): Promise<void> {
    const { dir, spool } = this.host;
    rmSync(join(dir, 'releases', '0.2.0'), { recursive: true });
    const publisher = await Publisher.make(dir);
    mkdirSync(join(dir, 'tree'));
    await publisher.publish('0.2.0', join(dir, 'tree'));
    cpSync(publisher.feed, join(spool, 'incoming'), { recursive: true });
    for (const name of readdirSync(join(spool, 'incoming'))) chownSync(join(spool, 'incoming', name), ACCOUNT, ACCOUNT);
    this.configure({ keyring: publisher.keyring });
  }

  /** Runs a script of the shell with the rights of the account, in the folder of the host; `$state` and `$requests` are known to it. `over` ends it. */
  intrude(script: string, over?: AbortSignal) {
    const as = ['--reuid', `${ACCOUNT}`, '--regid', `${ACCOUNT}`, '--clear-groups', '--', '/bin/sh', '-c', script];
    const env = { state: this.state, requests: join(this.host.spool, 'requests') };
    return execa('setpriv', as, { cwd: this.host.dir, env, reject: false, ...(over && { cancelSignal: over }) });
  }

  /** Leaves a request as ops does, and lets the helper answer. */
  async ask(id: string, content: string): Promise<string[] | undefined> {
    await this.leave(id, content);
    await this.host.run('serve');
    return this.host.answer(id);
  }

  async leave(id: string, content: string): Promise<void> {
    await this.intrude(
      `printf '${content.replaceAll('\n', '\\n')}' >$requests/.${id}; mv $requests/.${id} $requests/${id}.request`,
    );
  }

  remove(): void {
    this.host.remove();
  }
}
