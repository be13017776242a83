import { execa } from 'execa';
import { contentNow } from './place.ts';
import { HOST_SETTINGS } from './plan/host-helper-files.ts';

/** sshd lies where the PATH of other accounts than root may not lead. */
const PATH = '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Ports that sshd listens on by its own settings, as `ssh_port` of the host helper takes them ("22" or "22 2222"): the firewall leaves these open.
 * Where sshd does not tell, those of the last run; "22" where there was none.
 */
export async function sshPorts(path = PATH, settings = HOST_SETTINGS): Promise<string> {
  const told = await execa('sshd', ['-T'], { reject: false, stdin: 'ignore', timeout: 10_000, env: { PATH: path } });
  const ports = told.failed ? [] : [...told.stdout.matchAll(/^port (\d{1,5})$/gm)].map(([, port]) => port!);
  if (ports.length > 0) return [...new Set(ports)].join(' ');
  return /^ssh_port=([\d ,]+)$/m.exec(contentNow(settings))?.[1] ?? '22';
}
