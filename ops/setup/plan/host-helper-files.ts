import type { Answers, ComposeAnswers } from '../answers.ts';
import { composeFile } from './compose-file.ts';
import { SPOOL } from './compose-folders.ts';
import { ACCOUNTS } from './compose-secrets.ts';
import { engineFiles } from './engine-files.ts';
import { ownerOnHost } from './owners-on-host.ts';
import type { PlanFacts, PlannedFile } from './plan.ts';
import { VPN_ADDRESS } from './vpn-address.ts';

/** Settings of the host helper. */
export const HOST_SETTINGS = '/etc/kinkeeper/kinkeeper-host.conf';
/** Where the helper lies. */
export const HOST_FOLDER = '/usr/lib/kinkeeper-host';

const WRITTEN = '# Written by `kinkeeper setup`';
const HEAD = `${WRITTEN}; what each line means stands in ops/host/helper/kinkeeper-host.conf of the product. Lines of others stay.`;
/** Lines that set-up writes with some answers: with others they go. */
const OWN: ReadonlySet<string> = new Set([
  ...[
    'spool',
    'spool_user',
    'spool_group',
    'var',
    'deployment',
    'state_dir',
    'compose_file',
    'compose_env',
    'data_dir',
  ],
  ...['install_dir', 'ssh_port', 'vpn_ports', 'vpn_interfaces', 'certificate', 'web_ports', 'web_from', 'vpn_address'],
  ...['vpn_peers', 'vpn_endpoint', 'container_host'],
]);

/** The host helper as it is installed: its scripts, its units and its settings, all root's. */
export function hostHelperFiles(answers: Answers, facts: PlanFacts): PlannedFile[] {
  const scripts = Object.entries(facts.hostFiles).flatMap(([path, content]): PlannedFile[] => {
    const target = targetOf(path);
    return target === undefined
      ? []
      : [{ path: target, mode: isProgram(path) ? 0o755 : 0o644, owner: ACCOUNTS.root, isRead: false, content }];
  });
  return [
    ...scripts,
    ...(answers.kind === 'compose' ? engineFiles(answers, facts) : []),
    { path: HOST_SETTINGS, mode: 0o644, owner: ACCOUNTS.root, isRead: false, content: settingsText(answers, facts) },
  ];
}

/** What lies in ops/host/helper goes right into the folder, as the folders beside it do; units go to systemd; TypeScript stays, and what lays it by hand. */
function targetOf(path: string): string | undefined {
  if (/\.ts$|\.conf$|^install$/.test(path)) return undefined;
  if (path.startsWith('systemd/')) return `/etc/systemd/system/${path.slice('systemd/'.length)}`;
  return `${HOST_FOLDER}/${path.replace(/^helper\//, '')}`;
}

function isProgram(path: string): boolean {
  return /(^|\/)kinkeeper-[a-z]+$/.test(path);
}

/** Set-up's own lines, and those of others as they stand there: what a person set besides, as the key that signs releases. */
function settingsText(answers: Answers, facts: PlanFacts): string {
  const own = settingsOf(answers, facts);
  const isOthers = (line: string) => line !== '' && !line.startsWith(WRITTEN) && !OWN.has(line.split('=')[0]!);
  const others = facts.hostSettings.split('\n').filter(isOthers);
  return `${[HEAD, ...own, ...others].join('\n')}\n`;
}

function settingsOf(answers: Answers, facts: PlanFacts): string[] {
  const { product, sshPorts, podman } = facts;
  const { data } = answers;
  const { uid, gid } = podman?.account ? ownerOnHost(ACCOUNTS.product, podman.account) : ACCOUNTS.product;
  return [
    ...[`spool=${SPOOL}`, `spool_user=${uid}`, `spool_group=${gid}`, 'var=/var/lib/kinkeeper-host'],
    `deployment=${answers.kind === 'compose' ? 'compose' : 'none'}`,
    `state_dir=${data}/state`,
    ...(answers.kind === 'compose' ? [`compose_file=${composeFile(facts)}`, `compose_env=${product}/.env`] : []),
    ...(podman ? [`container_host=unix://${podman.socket}`] : []),
    ...[`data_dir=${data}`, `install_dir=${product}`, `ssh_port=${sshPorts}`],
    ...['vpn_ports=51820', 'vpn_interfaces=wg0 tailscale0'],
    ...(answers.kind === 'compose' ? doorSettings(answers) : []),
  ];
}

/** What the firewall opens for the door, where its certificate lies, and the VPN of devices. */
function doorSettings({ data, devices, endpoint, host, reach }: ComposeAnswers): string[] {
  return [
    `certificate=${data}/tls/fullchain.pem`,
    ...['web_ports=80 443', `web_from=${reach === 'internet' ? 'anywhere' : 'vpn'}`],
    ...(devices.length === 0
      ? []
      : [`vpn_address=${VPN_ADDRESS}/24`, `vpn_peers=${devices.join(' ')}`, `vpn_endpoint=${endpoint ?? host}`]),
  ];
}
