import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { qrPicture } from '../qr-picture.ts';
import type { ComposeAnswers } from './answers.ts';
import type { ActParts } from './do-acts.ts';
import { HOST_FOLDER, HOST_SETTINGS } from './plan/host-helper-files.ts';
import { AUTHORITY } from './plan/planned-acts.ts';
import { VPN_ADDRESS } from './plan/vpn-address.ts';
import type { PodmanFacts } from './podman-facts.ts';
import { compose, run } from './start-services.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** Where the host's measure `wireguard` puts the settings of each device. */
const DEVICES = '/etc/wireguard/kinkeeper-peers';
/** Everything of ops/host/systemd that is started by itself; a test compares. */
export const HOST_UNITS = [
  ...['kinkeeper-host.path', 'kinkeeper-host-facts.timer', 'kinkeeper-host-posture.timer'],
  ...['kinkeeper-host-resume.service', 'kinkeeper-harden-return.timer'],
];

/** Its files are placed already: systemd learns of them. Where there is no systemd, a household does without the helper, and is told so by doctor. */
export async function installHostHelper({ facts }: ActParts): Promise<boolean> {
  if (!existsSync('/run/systemd/system')) return true;
  await run('systemctl', ['daemon-reload']);
  if (facts.podman) await startPodmanWithMachine(facts.podman);
  await run('systemctl', ['enable', '--now', ...HOST_UNITS]);
  return true;
}

async function startPodmanWithMachine({ account }: PodmanFacts): Promise<void> {
  const whose = account ? ['--user', `--machine=${account.name}@`] : [];
  if (account) await run('systemctl', [...whose, 'daemon-reload']);
  // One that answers already has read older settings.
  await run('systemctl', [...whose, 'try-restart', 'podman.service']);
  await run('systemctl', [...whose, 'enable', 'podman.socket', 'podman-restart.service']);
}

/** WireGuard by the host's own measure, and the settings of each new device as a picture for its camera; with no device any more it is taken down. */
export async function setUpVpn({ answers, progress, say, columns }: ActParts): Promise<boolean> {
  const { devices, language } = composeOf(answers);
  await run(`${HOST_FOLDER}/kinkeeper-harden`, [HOST_SETTINGS, devices.length === 0 ? 'undo' : 'apply', 'wireguard']);
  const known = new Set(progress.now.done.vpn?.split(' ') ?? []);
  for (const device of devices.filter((one) => !known.has(one))) {
    const settings = readFileSync(join(DEVICES, `${device}.conf`), 'utf8');
    say(`\n${sayAtSetup(language, 'vpn.device', { device })}\n${await qrPicture(settings, columns)}`);
  }
  return true;
}

/** A certificate of the household's own authority, or the one that is named. */
export async function placeCertificate({ answers, facts }: ActParts): Promise<boolean> {
  const { certificate, data, host, devices } = composeOf(answers);
  const [tool, folder] = [join(facts.product, 'config/deploy/tls/tls.sh'), `${data}/tls`];
  if (certificate !== 'own-ca') {
    await run('sh', [tool, 'take', folder, certificate.chain, certificate.key]);
    return true;
  }
  await run('sh', [tool, 'own-ca', folder, host, ...(devices.length === 0 ? [] : [VPN_ADDRESS])]);
  // Ops sees nothing of the folder with the door's key.
  await run('install', ['-m', '644', `${folder}/ca.pem`, `${data}/config/${AUTHORITY}`]);
  return true;
}

/** Database and homeserver first: the accounts are made before anybody needs them. */
export async function startHomeserver({ facts }: ActParts): Promise<boolean> {
  await compose(facts.product, ['up', '--detach', '--wait', 'postgres']);
  // Docker does not notice that a file has changed which a container has bound.
  await compose(facts.product, ['up', '--detach', '--wait', '--force-recreate', '--no-deps', 'synapse']);
  return true;
}

/** By the one service that has a way out, which ends when the model is there. */
export async function fetchModel({ facts, plan }: ActParts): Promise<boolean> {
  const model = plan.acts.find(({ act }) => act === 'model')?.key ?? '';
  await compose(facts.product, ['--profile', 'models', 'run', '--rm', 'fetch-models', model]);
  return true;
}

function composeOf(answers: ActParts['answers']): ComposeAnswers {
  if (answers.kind === 'compose') return answers;
  throw new AppError('internal', 'an act of containers was planned for a household without them');
}
