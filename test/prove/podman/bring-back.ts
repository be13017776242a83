import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { PodmanMachine } from '../../lab/podman/podman-machine.ts';
import { backupKeyIn } from '../compose/set-up.ts';
import { WRITTEN as WITH_DOCKER } from '../compose/whole-restore.ts';

/** What set-up and the product have written to the machine, but the checkout, the images, and systemd's units. */
export const WRITTEN = [
  ...WITH_DOCKER,
  ...['/etc/profile.d/kinkeeper.sh', '/etc/containers/containers.conf.d/kinkeeper.conf'],
];
const BACKUPS = 'srv/kinkeeper/backups';
const PASSPHRASE = 'srv/kinkeeper/secrets/kinkeeper/passphrase';
const COMPOSE = 'cd /opt/kinkeeper && docker compose';
const BACK_UP = `${COMPOSE} exec -T ops kinkeeper backup now`;

interface Parts {
  readonly machine: PodmanMachine;
  /** Line that sets up; `said`: what it said the first time. */
  readonly setUp: string;
  readonly said: string;
  /** Lays what a person had laid before. */
  readonly layAnswers: () => void;
  /** Waits until every service is healthy. */
  readonly healthy: () => Promise<unknown>;
}

/**
 * The household is lost but for a backup, and comes back by the lines of the runbook. Resolves to what is not as it has to be: set-up has to come to an
 * answer, with the homeserver's key and a person's log-in of before, and ops to the next backup.
 */
export async function bringBack({ machine, setUp, said, layAnswers, healthy }: Parts): Promise<string[]> {
  const made = await machine.typed(BACK_UP);
  if (made.code !== 0) return [`no backup was made: ${made.said.slice(-600)}`];
  // The newest: ops may have made one by itself before.
  const name = readdirSync(machine.path(BACKUPS))
    .filter((one) => /^kin-2.*\.gpg$/.test(one))
    .sort()
    .at(-1)!;
  cpSync(machine.path(`${BACKUPS}/${name}`), machine.path(`var/tmp/${name}`));
  const passphrase = readFileSync(machine.path(PASSPHRASE), 'utf8').trim();
  const before = await remembered(machine);
  await machine.typed(`${COMPOSE} down --timeout 10 --volumes`);
  for (const path of WRITTEN) rmSync(machine.path(path), { recursive: true, force: true });
  layAnswers();
  const faults: string[] = [];
  const judge = (what: string, ended: { code: number | undefined; said: string }, wanted: RegExp) => {
    if (ended.code !== 0 || !wanted.test(ended.said)) faults.push(`${what}: ${ended.said.slice(-1000)}`);
  };
  judge('set-up did not lay everything out', await machine.typed(`${setUp} --prepare`), /nothing was started/);
  cpSync(machine.path(`var/tmp/${name}`), machine.path(`${BACKUPS}/${name}`));
  rmSync(machine.path(`var/tmp/${name}`));
  const key = backupKeyIn(said);
  // /dev/shm of the machine is its own memory.
  await machine.run(`umask 077; cat >/dev/shm/backup-key.asc`, { input: key.privateKey });
  const restore = `cd /opt/kinkeeper && config/deploy/restore.sh /opt/kinkeeper /${BACKUPS}/${name} /dev/shm/backup-key.asc`;
  judge('no restore', await machine.typed(restore, `${key.passphrase}\n${passphrase}\n`), /Restored\. Next:/);
  if (faults.length > 0) return faults;
  writeFileSync(machine.path(PASSPHRASE), `${passphrase}\n`);
  judge('set-up did not come to its end', await machine.typed(setUp), /It works\. A guest sent/);
  judge('one more run of set-up changed something', await machine.typed(setUp), /nothing was changed/);
  if (faults.length > 0) return faults;
  await healthy();
  const after = await remembered(machine);
  if (after !== before) faults.push(`the homeserver has ${after}, not ${before}`);
  judge('no backup after the restore', await machine.typed(BACK_UP), /./);
  return faults;
}

/** What only a restore brings back of the homeserver: the key it signs with, and by what a person logs in. */
async function remembered(machine: PodmanMachine): Promise<string> {
  const ask = `select name, password_hash from users where name = '@ada:home.test'`;
  const ended = await machine.typed(`${COMPOSE} exec -T postgres psql -U synapse -d synapse -Atc "${ask}" 2>/dev/null`);
  return `${ended.said.trim()} ${readFileSync(machine.path('srv/kinkeeper/synapse/signing.key'), 'utf8').trim()}`;
}
