import { harden, installHelper } from '../../fixes/commands.ts';
import { type FileRow, fileRows, isForOwnerOnly, isKept } from '../file-rows.ts';
import { found, type HostLine, hostLine, linesOf, must, Unclear, unlessAny, valuesOf } from '../line.ts';

/** Whose files are whose: secrets for one account, settings and the helper for root to change. */
export const FILE_LINES: readonly HostLine[] = [
  hostLine({
    id: 'file-modes',
    reads: ['files', 'settings', 'passwd'],
    fix: harden('modes'),
    judge: (said) => {
      const settings = valuesOf(said.settings);
      const data = must(settings.get('data_dir') || undefined, 'data_dir');
      const files = fileRows(said.files);
      if (files.length === 0) throw new Unclear(found('files.none', {}));
      const people = peopleIn(said.passwd);
      const odd = files.filter(
        (file) => people.has(file.uid) || !isAsItShould(file, { data, env: settings.get('compose_env') ?? '' }),
      );
      const isRootless = settings.get('container_host')?.startsWith('unix:///run/user/') ?? false;
      const wrong = odd.filter((file) => !(isRootless && isLentKey(file, data)));
      const lent = odd.find((file) => !wrong.includes(file));
      const link = files.find((file) => isStrayLink(file, data, files));
      if (wrong.length === 0 && link !== undefined) throw new Unclear(found('file.link', { path: link.path }));
      // Of which group such a key is, and who is in it, nobody here sees.
      if (wrong.length === 0 && lent !== undefined)
        throw new Unclear(found('file.mode', { path: lent.path, mode: lent.mode, uid: lent.uid }));
      return unlessAny(
        wrong.map(({ path, mode, uid }) => found('file.mode', { path, mode, uid })),
        found('files.well', { count: files.length }),
      );
    },
  }),
  hostLine({
    id: 'helper',
    reads: ['helper-files'],
    fix: (host) =>
      host.hasHelper
        ? 'chown -R root:root /usr/lib/kinkeeper-host /etc/kinkeeper && chmod -R go-w /usr/lib/kinkeeper-host /etc/kinkeeper'
        : installHelper(host),
    judge: (said) => {
      const files = fileRows(said['helper-files']);
      if (!files.some(({ path }) => path.endsWith('/kinkeeper-host'))) throw new Unclear('kinkeeper-host');
      const wrong = files.filter((file) => file.uid !== 0 || !isKept(file));
      return unlessAny(
        wrong.map(({ path, mode, uid }) => found('file.mode', { path, mode, uid })),
        found('files.of-root', { count: files.length }),
      );
    },
  }),
];

/** What may be, or hold, the private half of the certificate at the door: all that is not by its name what everybody may see. */
function isDoorKey({ kind, path }: FileRow, data: string): boolean {
  return (
    kind === 'f' &&
    path.startsWith(`${data}/tls/`) &&
    !/\/(((ca|fullchain|chain|cert)\d*\.pem)|[^/]+\.(crt|cer))$/.test(path)
  );
}

/** What only set-up and the maker of certificates read: the key of the household's own authority, and what set-up has not ended yet. */
function isOfRootAlone({ path }: FileRow, data: string): boolean {
  return path === `${data}/setup.json` || path === `${data}/tls-authority` || path.startsWith(`${data}/tls-authority/`);
}

/** A link where keys lie, other than those of tls.sh; of the one to the key the file that it leads to has to be told. */
function isStrayLink({ kind, path }: FileRow, data: string, files: readonly FileRow[]): boolean {
  if (kind !== 'l' || !/^\/tls(-authority)?(\/|$)/.test(path.slice(data.length))) return false;
  if (path === `${data}/tls/privkey.pem`) return !files.some((file) => file.kind === 'f' && file.path === path);
  return path !== `${data}/tls/current` && path !== `${data}/tls/fullchain.pem`;
}

/** One that Podman of an account reads by its group (config/deploy/tls/tls.sh). */
function isLentKey(file: FileRow, data: string): boolean {
  return isDoorKey(file, data) && file.path.endsWith('/privkey.pem') && file.uid === 0 && file.mode === '640';
}

/** Accounts other than root that somebody can log in with: what is theirs is no service's alone. */
function peopleIn(passwd: string): Set<number> {
  const rows = linesOf(passwd).map((line) => line.split(':'));
  if (!rows.some(([name, , uid]) => name === 'root' && uid === '0')) throw new Unclear(found('accounts.no-root', {}));
  const people = rows.filter(([, , uid, , , , shell]) => uid !== '0' && !CANNOT_LOG_IN.test(shell ?? ''));
  return new Set(people.map(([, , uid]) => Number(uid)));
}

const CANNOT_LOG_IN = /(nologin|false|sync|shutdown|halt)$/;

function isAsItShould(file: FileRow, { data, env }: { readonly data: string; readonly env: string }): boolean {
  const { path, kind, uid } = file;
  if (path === env || /\/ssh_host_[a-z0-9]+_key$/.test(path) || path.endsWith('/posture.key'))
    return isForOwnerOnly(file) && uid === 0;
  if (path.endsWith('/etc/shadow')) return uid === 0 && (Number.parseInt(file.mode, 8) & 0o037) === 0;
  // Each secret is for the account that reads it; a folder of them may be walked through.
  if (path.startsWith(`${data}/secrets/`)) return kind === 'd' ? isKept(file) : kind === 'f' && isForOwnerOnly(file);
  if (isOfRootAlone(file, data)) return uid === 0 && (kind === 'l' || isForOwnerOnly(file));
  if (isDoorKey(file, data)) return isForOwnerOnly(file);
  if (path.startsWith(`${data}/config`)) return isKept(file) && uid === 0;
  return isKept(file);
}
