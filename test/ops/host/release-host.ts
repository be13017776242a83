import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { TestHost } from './test-host.ts';

/** What a new version does when its services are started on trial. */
export const BEHAVIOURS = {
  /** Migrates the data, works, and asks to be confirmed. */
  good: 'echo migrated >$state/migrated; [ $1 != ops ] || confirm confirm-release',
  /** Spoils the data, notices, and asks to go back. */
  spoils: 'echo spoilt >>$state/keys.json; rm -f $state/tenants/one.db; [ $1 != ops ] || confirm return-release',
  /** Spoils the data and says nothing. */
  silent: 'rm -rf $state/tenants; echo x >$state/new.db',
  /** Does not start. */
  dead: 'echo half >$state/half.db; exit 1',
  /** Is gone a moment after its start. */
  dies: 'echo half >>$state/keys.json; touch $dir/dies-$1',
} as const;

export type Behaviour = keyof typeof BEHAVIOURS;

/** A sum over all data, as stand-ins write it down. */
const DATA_SUM = 'cd $state && find . -type f ! -name "*update-trial*" | sort | xargs cat | sha256sum | cut -c 1-16';

/**
 * A host with two releases and a state folder of plain files. Its services are stand-ins that act at once when they are started: on trial
 * as a behaviour says; otherwise they serve, and write down as which version, and from what data.
 */
export class ReleaseHost {
  readonly host: TestHost;
  readonly state: string;
  readonly releases: string;

  constructor(behaviour: Behaviour) {
    this.host = TestHost.make();
    const { dir } = this.host;
    this.state = join(dir, 'state');
    this.releases = join(dir, 'releases');
    for (const version of ['0.1.0', '0.2.0']) mkdirSync(join(this.releases, version), { recursive: true });
    symlinkSync('0.1.0', join(this.releases, 'current'));
    mkdirSync(join(this.state, 'tenants'), { recursive: true, mode: 0o700 });
    for (const file of ['keys.json', 'control.db', 'bot.db', 'tenants/one.db', 'tenants/two.db'])
      writeFileSync(join(this.state, file), `${file} ${'as before '.repeat(50)}`, { mode: 0o600 });
    this.configure({});
    this.#fakeServices(BEHAVIOURS[behaviour]);
    for (const unit of ['bot', 'ops']) writeFileSync(join(dir, `runs-${unit}`), '0.1.0');
  }

  /** Writes the helper's settings, with these besides. */
  configure(more: Readonly<Record<string, string>>): void {
    this.host.configure({
      deployment: 'releases',
      releases_dir: this.releases,
      state_dir: this.state,
      gate_seconds: '2',
      poll_seconds: '0.1',
      ...more,
    });
  }

  /** Version that is linked. */
  get current(): string {
    return readlinkSync(join(this.releases, 'current'));
  }

  /** Versions of the services that run. */
  get running(): string[] {
    return ['bot', 'ops'].map((unit) => this.#read(`runs-${unit}`));
  }

  /** A line for each time that a service began to serve: `<version> <fingerprint of the data>`. */
  get served(): string[] {
    return this.#read('served').split('\n').filter(Boolean);
  }

  /** Of names, contents and rights of all files of the state. */
  fingerprint(folder = this.state): string {
    const hash = createHash('sha256');
    const walk = (at: string, name: string) => {
      for (const entry of readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
        const path = join(at, entry.name);
        hash.update(`${name}/${entry.name} ${statSync(path).mode}\n`);
        if (entry.isDirectory()) walk(path, `${name}/${entry.name}`);
        else hash.update(readFileSync(path));
      }
    };
    walk(folder, '');
    return hash.digest('hex');
  }

  /** A service as the machine starts it: by itself, when it is switched on. */
  async bootServices(): Promise<void> {
    for (const unit of ['bot', 'ops']) rmSync(join(this.host.dir, `runs-${unit}`), { force: true });
    // What does not start is as it is on a real machine: down.
    for (const unit of ['ops', 'bot'])
      await execa(this.host.real('systemctl'), ['start', `kinkeeper-${unit}.service`], { reject: false });
  }

  /** What a service that begins to serve now would write down of the data. */
  async servedFrom(): Promise<string> {
    const { stdout } = await execa('/bin/sh', ['-c', DATA_SUM], { env: { LC_ALL: 'C', state: this.state } });
    return stdout;
  }

  remove(): void {
    this.host.remove();
  }

  #read(name: string): string {
    const file = join(this.host.dir, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  }

  #fakeServices(onTrial: string): void {
    const { dir, spool } = this.host;
    const script = `dir=${dir} state=${this.state}
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export LC_ALL
confirm() {
  printf '%s\\nupdate=%s\\n' "$1" "$(sed -n s/^update=//p $state/update-trial)" >${spool}/requests/.verdict
  mv ${spool}/requests/.verdict ${spool}/requests/verdict$$.request
}
begin() { (${onTrial}); }
case $1 in
  start)
    unit=$(echo $2 | sed 's/kinkeeper-//; s/.service//')
    [ ! -e $dir/runs-$unit ] || exit 0
    version=$(readlink ${this.releases}/current)
    if [ -e $state/update-trial ]; then
      [ $version != 0.2.0 ] || begin $unit || exit 1
    else
      rm -f $dir/dies-$unit
      echo "$version $(${DATA_SUM})" >>$dir/served
    fi
    echo $version >$dir/runs-$unit ;;
  stop) rm -f $dir/runs-$(echo $2 | sed 's/kinkeeper-//; s/.service//') $dir/dies-* ;;
  is-active) unit=$(echo $3 | sed 's/kinkeeper-//; s/.service//'); [ -e $dir/runs-$unit ] && [ ! -e $dir/dies-$unit ] ;;
esac
`;
    this.host.place('systemctl', script);
  }
}
