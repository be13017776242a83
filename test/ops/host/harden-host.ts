import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { TestHost } from './test-host.ts';

/** The real script that hardens a host. */
export const HARDEN = fileURLToPath(new URL('../../../ops/host/kinkeeper-harden', import.meta.url));

/** Plain programs that only this script uses. */
const PLAIN = ['cmp', 'diff', 'mktemp', 'ps', 'rmdir'];

/** systemd as far as the script asks: what is enabled and runs, as files. */
const SYSTEMCTL = `
units=$(dirname "$0")/../units
quiet= now=
while :; do case $1 in -q) shift ;; *) break ;; esac; done
verb=$1; shift
for unit in "$@"; do
  case $unit in
    --now) now=yes; continue ;;
    -q) continue ;;
  esac
  case $verb in
    is-enabled) if [ -e "$units/$unit.enabled" ]; then echo enabled; else echo disabled; fi ;;
    is-active) if [ -e "$units/$unit.active" ]; then echo active; else echo inactive; fi ;;
    enable) : >"$units/$unit.enabled"; [ -z "$now" ] || : >"$units/$unit.active" ;;
    disable) rm -f "$units/$unit.enabled"; [ -z "$now" ] || rm -f "$units/$unit.active" ;;
    start | restart | reload-or-restart) : >"$units/$unit.active" ;;
    stop) rm -f "$units/$unit.active" ;;
  esac
done
exit 0`;

/** What apt makes of its settings: each scalar of all files, the last one wins; a list keeps all. */
const APT_CONFIG = `
cat "$(dirname "$0")"/../root/etc/apt/apt.conf.d/* | sed -n 's/^\\([A-Za-z:-]*\\) \\("[^"]*";\\)$/\\1 \\2/p
s/^\\(Unattended-Upgrade::Origins-Pattern\\) { \\("[^"]*";\\).*/\\1:: \\2/p'`;

/** A host to be hardened, with stand-ins for what would change this machine. */
export class HardenHost {
  readonly host: TestHost;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.host = TestHost.make(settings);
    const { bin, dir, root } = this.host;
    for (const name of PLAIN) {
      const found = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file));
      if (found !== undefined) symlinkSync(found, join(bin, name));
    }
    for (const folder of ['run', 'etc/apt/apt.conf.d', 'proc']) mkdirSync(join(root, folder), { recursive: true });
    for (const folder of ['units', 'var']) mkdirSync(join(dir, folder), { mode: 0o700 });
    this.host.place('systemctl', SYSTEMCTL.replaceAll('$(dirname "$0")/..', dir));
    this.host.place('apt-config', APT_CONFIG.replaceAll('"$(dirname "$0")"/..', dir));
    this.host.place('unattended-upgrade', '');
    this.write('etc/apt/apt.conf.d/20auto-upgrades', 'APT::Periodic::Unattended-Upgrade "0";\n');
  }

  /** Runs the script; resolves with its exit code and what it said. */
  async run(...args: string[]): Promise<{ code: number; out: string; signal: string | undefined }> {
    const options = { reject: false, all: true, env: {}, extendEnv: false, detached: true } as const;
    const done = await execa('/bin/sh', [HARDEN, this.host.conf, ...args], options);
    return { code: done.exitCode ?? -1, out: done.all, signal: done.signal };
  }

  /** The timer that takes back what nobody confirms, as it is installed: it runs, and is enabled. */
  installTimer(): void {
    const unit = join(this.host.dir, 'units', 'kinkeeper-harden-return.timer');
    for (const state of ['active', 'enabled']) writeFileSync(`${unit}.${state}`, '');
  }

  /** Puts a file below the host's root. */
  write(path: string, content: string, mode = 0o644): void {
    const file = join(this.host.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }

  /** All that is below the root, and which units run: what "as before" is compared by. */
  state(): Record<string, string> {
    return { ...treeOf(this.host.root), ...treeOf(join(this.host.dir, 'units')) };
  }

  /** A measures folder of the test's own beside the real script, as a copy of the whole. */
  copyOf(measure: string, content: string): string {
    const copy = join(this.host.dir, 'harden');
    cpSync(dirname(HARDEN), copy, { recursive: true });
    writeFileSync(join(copy, 'measures', `${measure}.sh`), content);
    return join(copy, 'kinkeeper-harden');
  }

  remove(): void {
    this.host.remove();
  }
}

/** Each path with its kind, mode and content. */
function treeOf(folder: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const mode = entry.isSymbolicLink() ? '' : (statSync(path).mode & 0o7777).toString(8);
    const content = entry.isFile() ? readFileSync(path, 'utf8') : entry.isSymbolicLink() ? readlinkSync(path) : '';
    tree[path] = `${mode} ${content}`;
  }
  return tree;
}

/** Without what a kill leaves in the folder for temporary files, which a restart empties. */
export function withoutLeft(state: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).filter(([path]) => !/\/run\/kinkeeper-/.test(path)));
}
