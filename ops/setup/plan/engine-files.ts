import { dirname } from 'node:path';
import type { ComposeAnswers } from '../answers.ts';
import { ACCOUNTS } from './compose-secrets.ts';
import { doorAddresses } from './env-text.ts';
import type { PlanFacts, PlannedFile } from './plan.ts';

const HEAD = '# Written by `kinkeeper setup`.';
/** The door listens at the VPN's address, and an engine does not try again where there is none yet when the machine starts. */
const AFTER_VPN = '[Unit]\nAfter=wg-quick@wg0.service\n';
/** Podman has nobody who starts containers with the machine but this unit, which leaves out those of `restart: unless-stopped`. */
const PODMAN_RESTART = [
  '[Service]',
  'ExecStart=/usr/bin/podman start --all --filter restart-policy=unless-stopped',
  'ExecStop=/usr/bin/podman stop --all --filter restart-policy=unless-stopped',
  '',
].join('\n');
/** An account's own services cannot wait for the VPN's address: they try again. */
const AGAIN = 'Restart=on-failure\nRestartSec=10\n';
/** Units of the host helper that ask the engine. They see no folder of anybody's session. */
const ASKING = ['kinkeeper-host', 'kinkeeper-host-facts', 'kinkeeper-host-posture', 'kinkeeper-host-resume'];

/** What the engine has to know besides: when to start containers with the machine, and rootless Podman by whom the door is reached. */
export function engineFiles(
  answers: ComposeAnswers,
  facts: Pick<PlanFacts, 'podman' | 'hasIpv6' | 'product'>,
): PlannedFile[] {
  const { podman } = facts;
  const file = (path: string, content: string): PlannedFile => {
    return { path: `/etc/${path}`, mode: 0o644, owner: ACCOUNTS.root, isRead: false, content: `${HEAD}\n${content}` };
  };
  const unit = (path: string, content: string) => file(`systemd/${path}.service.d/kinkeeper-vpn.conf`, content);
  if (!podman) return [unit('system/docker', AFTER_VPN)];
  if (!podman.account) return [unit('system/podman-restart', AFTER_VPN + PODMAN_RESTART)];
  const seen = `[Service]\nProtectHome=tmpfs\nBindReadOnlyPaths=-${dirname(podman.socket)}\n`;
  return [
    unit('user/podman-restart', PODMAN_RESTART + AGAIN),
    ...ASKING.map((name) => file(`systemd/system/${name}.service.d/kinkeeper-podman.conf`, seen)),
    file('containers/containers.conf.d/kinkeeper.conf', visitorsAsTheyAre(doorAddresses(answers, facts).v4)),
    file('profile.d/kinkeeper.sh', wordsOfRoot(`${facts.product}/config/deploy/engine.sh`)),
  ];
}

/**
 * Podman's own forwarder shows the door all visitors as one, to limits and to fail2ban. pasta, which joins the account's networks to the
 * host, shows them as they are, and Podman's rules take it on from there (config/deploy/podman-rootless.yml).
 */
function visitorsAsTheyAre(address: string): string {
  const at = address === '0.0.0.0' ? '' : `${address}/`;
  return `[network]\npasta_options = ["-t", "${at}443:8443", "-t", "${at}80:8080"]\n`;
}

/** What README, runbook and alerts have root type says `docker`: in its log-in shells that is the account's Podman. */
function wordsOfRoot(engine: string): string {
  return `if [ "$(id -u)" = 0 ] && [ -r ${engine} ]; then . ${engine}; fi\n`;
}
