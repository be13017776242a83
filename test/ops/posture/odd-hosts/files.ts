import { added, type OddHosts, swapped } from './odd-host.ts';

/** Podman of an account, whose containers read the key at the door by the account's group. */
const LENT = {
  ...added('settings', 'container_host=unix:///run/user/1000/podman/podman.sock'),
  ...swapped('files', 'f|600|0|/srv', 'f|640|0|/srv'),
};

const LINK = 'l|777|0|/srv/kinkeeper/tls/privkey.pem';
/** What set-up with an authority of the household's own leaves (config/deploy/tls/tls.sh). */
const AS_LAID = [
  ...[
    'l|777|0|/srv/kinkeeper/tls/current',
    'l|777|0|/srv/kinkeeper/tls/fullchain.pem',
    'd|755|0|/srv/kinkeeper/tls/pair.x',
  ],
  ...['f|600|0|/srv/kinkeeper/tls/pair.x/privkey.pem', 'f|644|0|/srv/kinkeeper/tls/pair.x/fullchain.pem'],
  ...['l|777|0|/srv/kinkeeper/tls/privkey.pem', 'f|644|0|/srv/kinkeeper/tls/ca.pem'],
  ...['d|700|0|/srv/kinkeeper/tls-authority'],
  ...['f|600|0|/srv/kinkeeper/tls-authority/ca.key', 'f|600|0|/srv/kinkeeper/setup.json'],
].join('\n');

/** Hosts that are odd about modes and owners. */
export const FILES: OddHosts = {
  fails: {
    'file-modes': [
      ['a secret for others', swapped('files', 'f|400|10001|', 'f|440|10001|')],
      ['a secret of somebody who logs in', swapped('files', 'f|400|10001|', 'f|400|1000|')],
      ['a folder of somebody who logs in', added('files', 'd|700|1000|/srv/kinkeeper/state')],
      ['a secret that is a link', swapped('files', 'f|400|10001|', 'l|777|0|')],
      ['.env for others', swapped('files', 'f|600|0|/opt', 'f|644|0|/opt')],
      ['settings of somebody else', swapped('files', 'f|644|0|/srv', 'f|644|10001|/srv')],
      ['settings that others change', swapped('files', 'f|644|0|/srv', 'f|664|0|/srv')],
      ['a key of the web', swapped('files', 'f|600|0|/srv', 'f|644|0|/srv')],
      ['a key of the web for a group', swapped('files', 'f|600|0|/srv', 'f|640|0|/srv')],
      [
        'beside a key that Podman of an account reads, a secret for others',
        { ...LENT, files: LENT.files!.replace('f|400|10001|', 'f|440|10001|') },
      ],
      ['a key of the web by a link', swapped('files', 'f|600|0|/srv', `${LINK}\nf|644|0|/srv`)],
      ['a copy of a key of the web', added('files', 'f|644|0|/srv/kinkeeper/tls/pair.x/server-key.pem.bak')],
      ['a key of the web beside its certificate', added('files', 'f|644|0|/srv/kinkeeper/tls/both.pem')],
      ['the folder of the authority’s key', added('files', 'd|755|0|/srv/kinkeeper/tls-authority')],
      ['the authority’s key', added('files', 'f|644|0|/srv/kinkeeper/tls-authority/ca.key')],
      ['the authority’s key, of somebody else', added('files', 'f|600|10001|/srv/kinkeeper/tls-authority/ca.key')],
      ['what set-up has not ended yet', added('files', 'f|644|0|/srv/kinkeeper/setup.json')],
      ['passwords for all', swapped('files', 'f|640|0|/etc/shadow', 'f|644|0|/etc/shadow')],
      ['passwords for those of a group to change', swapped('files', 'f|640|0|/etc/shadow', 'f|660|0|/etc/shadow')],
      ['the key that signs', swapped('files', 'f|600|0|/var', 'f|600|10001|/var')],
      ['a host key', swapped('files', 'f|600|0|/etc/ssh', 'f|640|0|/etc/ssh')],
    ],
    helper: [
      ['of somebody else', swapped('helper-files', 'f|755|0|', 'f|755|1000|')],
      ['that others write', swapped('helper-files', 'f|755|0|', 'f|775|0|')],
    ],
  },
  well: [
    ['as tls.sh lays them', 'file-modes', added('files', AS_LAID)],
    ['a secret of a service', 'file-modes', swapped('files', 'f|400|10001|', 'f|400|42|')],
  ],
  unclear: [
    ['a key of the web by a link to nowhere', 'file-modes', swapped('files', 'f|600|0|/srv', 'l|777|0|/srv')],
    ['a key of the web behind a link', 'file-modes', added('files', 'l|777|0|/srv/kinkeeper/tls/pair.x/privkey.pem')],
    ['an authority’s key behind a link', 'file-modes', added('files', 'l|777|0|/srv/kinkeeper/tls-authority/ca.key')],
    ['a key of the web for the group of an account with Podman', 'file-modes', LENT],
  ],
};
