/**
 * Makes the root folder of the image out of the base: of all programs only those stay that the product starts, nothing is
 * set-uid, there is the one account, and what packages brought along for people goes. Called by the Dockerfile, in Node because
 * it removes the shell's own tools.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';

/** Program: who starts it. */
const PROGRAMS = {
  node: 'everything',
  prlimit: 'core/ingest/sandbox.ts, core/core-dumps.ts',
  unshare: 'core/ingest/sandbox.ts',
  nice: 'core/ingest/sandbox.ts',
  true: 'core/ingest/sandbox.ts',
  env: 'the first line of ops/kinkeeper.ts',
  sh: 'ops/backup/remotes/run-rsync.ts',
  dash: 'what sh is',
  rsync: 'ops/backup/remotes/run-rsync.ts',
  ssh: 'ops/backup/remotes/sftp-connection.ts, run-rsync.ts',
  pg_dump: 'ops/backup/homeserver/postgres-dump.ts',
  pg_restore: 'ops/backup/homeserver/pg-restore.ts',
  psql: 'ops/restore/restore-database.ts',
};

const FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/usr/games'];
const PEOPLES = [
  ...[
    '/usr/share/doc',
    '/usr/share/man',
    '/usr/share/info',
    '/usr/share/locale',
    '/usr/share/lintian',
    '/usr/share/perl5',
    '/usr/share/perl',
  ],
  ...[
    '/usr/local/lib',
    '/usr/local/include',
    '/usr/local/etc',
    '/usr/local/share',
    '/usr/include',
    '/opt',
    '/home',
    '/srv',
    '/root',
    '/usr/lib/apt',
    '/var/lib/apt',
  ],
  ...[
    '/var/cache',
    '/var/log',
    '/var/backups',
    '/var/lib/dpkg/info',
    '/var/lib/dpkg/triggers',
    '/usr/lib/git-core',
    '/usr/share/bash-completion',
  ],
  ...[
    '/etc/apt',
    '/etc/init.d',
    '/etc/cron.daily',
    '/etc/systemd',
    '/usr/lib/systemd',
    '/etc/perl',
    '/usr/lib/openssh',
  ],
  ...['/etc/shadow-', '/etc/passwd-', '/etc/group-', '/etc/gshadow-', '/etc/gshadow', '/usr/share/postgresql-common'],
];

/** Removed where they are found: languages of the base that nothing of ours is written in. */
const LANGUAGES = /^(perl|perl-base|python3.*)$/;

function stays(name) {
  return Object.hasOwn(PROGRAMS, name);
}

for (const folder of FOLDERS.filter((one) => existsSync(one))) {
  for (const name of readdirSync(folder))
    if (!stays(name)) rmSync(join(folder, name), { recursive: true, force: true });
}
const postgres = '/usr/lib/postgresql';
for (const version of readdirSync(postgres)) {
  const folder = join(postgres, version, 'bin');
  for (const name of readdirSync(folder)) if (!stays(name)) rmSync(join(folder, name), { force: true });
}
// Debian's own pg_dump, pg_restore and psql are a wrapper in Perl; the real ones lie in the folder above.
for (const name of ['pg_dump', 'pg_restore', 'psql']) rmSync(join('/usr/bin', name), { force: true });
for (const folder of ['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/share'].filter(
  (one) => existsSync(one),
)) {
  for (const name of readdirSync(folder)) if (LANGUAGES.test(name)) rmSync(join(folder, name), { recursive: true });
}
for (const path of PEOPLES) rmSync(path, { recursive: true, force: true });

writeFileSync(
  '/etc/passwd',
  'root:x:0:0:root:/nonexistent:/bin/false\nkinkeeper:x:10001:10001::/nonexistent:/bin/false\n',
);
writeFileSync('/etc/group', 'root:x:0:\nkinkeeper:x:10001:\n');
writeFileSync('/etc/shadow', 'root:*:0::::::\nkinkeeper:*:0::::::\n', { mode: 0o600 });
// Mount points, as the root folder is read-only when it runs.
for (const folder of [
  '/app',
  '/config',
  '/data',
  '/homeserver',
  '/run/secrets',
  '/run/secrets-ops',
  '/var/lib/kinkeeper-spool',
])
  mkdirSync(folder, { recursive: true });
mkdirSync('/usr/share/kinkeeper', { recursive: true });
writeFileSync('/usr/share/kinkeeper/debian-packages.txt', readFileSync('/tmp/packages.txt'));
mkdirSync('/usr/local/bin', { recursive: true });
symlinkSync('/app/ops/kinkeeper.ts', '/usr/local/bin/kinkeeper');

const epoch = Number(process.env.SOURCE_DATE_EPOCH ?? 0);
/** The builder's own, laid over the folder while it runs. */
const LAID_OVER = ['/etc/hosts', '/etc/hostname', '/etc/resolv.conf'];

/** No set-uid, no set-gid, one time. */
function settle(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const facts = lstatSync(path);
    if (facts.isSymbolicLink() || LAID_OVER.includes(path)) continue;
    if (facts.isDirectory()) settle(path);
    if ((facts.mode & 0o6000) !== 0) chmodSync(path, facts.mode & 0o1777);
    utimesSync(path, epoch, epoch);
  }
}
rmSync('/tmp', { recursive: true });
mkdirSync('/tmp');
chmodSync('/tmp', 0o1777);
for (const folder of ['/usr', '/etc', '/var', '/tmp', '/app', '/config', '/data', '/homeserver']) settle(folder);

for (const name of Object.keys(PROGRAMS)) {
  const places = [...FOLDERS, ...readdirSync(postgres).map((version) => join(postgres, version, 'bin'))];
  if (!places.some((folder) => existsSync(join(folder, name))))
    throw new Error(`the base has no ${name}, which ${PROGRAMS[name]} needs`);
}
if (basename(realpathSync('/usr/bin/sh')) !== 'dash') throw new Error('sh is not dash in this base');
