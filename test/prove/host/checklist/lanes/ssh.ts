import type { CheckId } from '../../../../../core/posture.ts';
import type { Lane, Scenario } from '../scenario.ts';

const D = '/etc/ssh/sshd_config.d';
const RELOAD = 'systemctl reload ssh; sleep 1';
const OPEN = 'AuthenticationMethods password publickey\\nPasswordAuthentication yes\\n';

/** A file of sshd more, which it reads. */
function dropIn(id: CheckId, name: string, file: string, text: string): Scenario {
  const path = `${D}/${file}`;
  return { id, name, make: `printf '${text}' >${path}; ${RELOAD}`, mend: `rm ${path}; ${RELOAD}` };
}

const start = (line: string) =>
  `mkdir -p /etc/systemd/system/ssh.service.d; printf '[Service]\\nExecStart=\\nExecStart=${line}\\n' >/etc/systemd/system/ssh.service.d/x.conf; systemctl daemon-reload; systemctl restart ssh; sleep 1`;
const STARTED = 'rm -r /etc/systemd/system/ssh.service.d; systemctl daemon-reload; systemctl restart ssh; sleep 1';

/** Ways in without a key. */
export const SSH: Lane = [
  { ...dropIn('ssh-keys-only', 'a later drop-in that counts for nothing', '99-late.conf', OPEN), wanted: 'pass' },
  dropIn('ssh-keys-only', 'an earlier drop-in takes passwords', '00-a.conf', OPEN),
  dropIn('ssh-keys-only', 'a Match block for one person', '60-a.conf', `Match User ada\\n${OPEN}`),
  dropIn('ssh-keys-only', 'a Match block for some addresses', '60-a.conf', `Match Address 198.51.100.0/24\\n${OPEN}`),
  dropIn('ssh-keys-only', 'a Match block for a name', '60-a.conf', `Match Host *.example.org\\n${OPEN}`),
  {
    ...dropIn(
      'ssh-keys-only',
      'a Match block in a file that is included',
      '60-a.conf',
      'Include /etc/ssh/more.conf\\n',
    ),
    make: `printf 'Match Address 198.51.100.0/24\\n AuthenticationMethods=password\\n passwordauthentication = "yes"\\n' >/etc/ssh/more.conf; printf 'Include /etc/ssh/more.conf\\n' >${D}/60-a.conf; ${RELOAD}`,
    mend: `rm ${D}/60-a.conf /etc/ssh/more.conf; ${RELOAD}`,
  },
  {
    id: 'ssh-keys-only',
    name: 'options of the service take passwords',
    make: `cp -p /etc/default/ssh /root/default-ssh; printf 'SSHD_OPTS="-o PasswordAuthentication=yes -o AuthenticationMethods=password"\\n' >/etc/default/ssh; systemctl restart ssh; sleep 1`,
    mend: 'cp -p /root/default-ssh /etc/default/ssh; systemctl restart ssh; sleep 1',
    also: ['ssh-no-root', 'ssh-limits', 'ssh-read', 'ssh-algorithms'],
  },
  {
    id: 'ssh-no-root',
    name: 'sshd runs with another file',
    make: `printf 'PermitRootLogin yes\\n' >/root/other; ${start('/usr/sbin/sshd -D -f /root/other')}`,
    mend: STARTED,
    also: ['ssh-keys-only', 'ssh-limits', 'ssh-read', 'ssh-algorithms'],
  },
];

/** The rest of sshd: what is about the moment of reading comes when nobody else has it read anew. */
export const SSH_MORE: Lane = [
  dropIn(
    'ssh-no-root',
    'a Match block for root',
    '61-b.conf',
    'Match User root\\nPermitRootLogin prohibit-password\\n',
  ),
  dropIn(
    'ssh-no-root',
    'root from some addresses',
    '61-b.conf',
    'Match Address 198.51.100.0/24\\nPermitRootLogin yes\\n',
  ),
  {
    id: 'ssh-no-root',
    name: 'the drop-in of ours is gone',
    make: `mv ${D}/00-kinkeeper.conf /root/; ${RELOAD}`,
    mend: `mv /root/00-kinkeeper.conf ${D}/; ${RELOAD}`,
    also: ['ssh-keys-only', 'ssh-limits', 'ssh-algorithms'],
  },
  dropIn('ssh-limits', 'many tries', '00-b.conf', 'MaxAuthTries 10\\n'),
  dropIn('ssh-limits', 'silence', '00-b.conf', 'LogLevel QUIET\\n'),
  dropIn('ssh-limits', 'graphics for some', '61-b.conf', 'Match User ada\\nX11Forwarding yes\\n'),
  dropIn('ssh-limits', 'many tries for some', '61-b.conf', 'Match Address 198.51.100.0/24\\nMaxAuthTries=20\\n'),
  dropIn('ssh-algorithms', 'an old cipher', '00-b.conf', 'Ciphers +aes128-cbc\\n'),
  dropIn('ssh-algorithms', 'an old MAC', '00-b.conf', 'MACs hmac-sha1,hmac-sha2-256-etm@openssh.com\\n'),
  {
    id: 'ssh-read',
    name: 'a file changed since',
    make: `sleep 1.1; touch ${D}/00-kinkeeper.conf`,
    mend: 'sleep 1; systemctl reload ssh; sleep 1',
  },
  {
    id: 'ssh-read',
    name: 'a file changed that another one includes',
    make: `printf '# nothing\\n' >/etc/ssh/more-b.conf; printf 'Include /etc/ssh/more-b.conf\\n' >${D}/61-b.conf; ${RELOAD}; sleep 1; touch /etc/ssh/more-b.conf`,
    mend: `rm ${D}/61-b.conf /etc/ssh/more-b.conf; ${RELOAD}`,
  },
];
