import { nginx, sources } from '../good-host.ts';
import { type Changed, type OddHosts, one, swapped } from './odd-host.ts';

const mount = (source: string, more: object = {}) => ({
  mounts: [{ type: 'bind', source, to: '/x', rw: true, propagation: 'rprivate', ...more }],
});
/** A container that is given one folder more, which is what `row` says (as in `sources`). */
const mounted = (source: string, more: object = {}, row = source): Changed => ({
  ...one(mount(source, more)),
  'mount-sources': sources(row),
});
const led = (source: string, real: string, kind = 'directory') =>
  mounted(source, { rw: false }, `${kind}\t${source}\t${real}`);

/** Hosts that are odd about what containers may do. */
export const CONTAINERS: OddHosts = {
  fails: {
    'container-privileges': [
      ['all rights', one({ privileged: true })],
      ['those of Docker', one({ capDrop: null })],
      ['one more', one({ capAdd: ['CAP_SYS_ADMIN'] })],
    ],
    'container-root-fs': [['writable', one({ readOnly: false })]],
    'container-new-privileges': [
      ['may gain', one({ security: null })],
      ['turned off', one({ security: ['no-new-privileges:false'] })],
    ],
    'container-limits': [
      ['memory', one({ memory: 0 })],
      ['processes', one({ pids: null })],
      ['no end of processes', one({ pids: -1 })],
    ],
    'container-namespaces': [
      ['network', one({ network: 'host' })],
      ['processes', one({ pid: 'host' })],
      ...(['ipc', 'uts', 'userns'] as const).map((name) => [name, one({ [name]: 'host' })] as const),
      ['processes of another', one({ pid: `container:${'a'.repeat(64)}` })],
      ['the network of another', one({ network: `container:${'a'.repeat(64)}` })],
      ['devices', one({ devices: [{ PathOnHost: '/dev/sda' }] })],
    ],
    'container-mounts': [
      ['Docker', mounted('/run/docker.sock')],
      ['by its other name', mounted('/var/run/docker.sock', { rw: false })],
      ['the root', mounted('/')],
      ['settings', mounted('/etc/')],
      ['the folder of the socket', mounted('/var/run', { rw: false })],
      ['all that Docker has', mounted('/var/lib/docker', { rw: false })],
      ['keys of the host', mounted('/etc/ssh', { rw: false })],
      ['somebody’s folder', mounted('/home/ada', { rw: false })],
      ['a socket by another name', mounted('/srv/x/docker.sock', { rw: false })],
      [
        'a volume that is a folder of the host',
        {
          ...mounted('/var/lib/docker/volumes/x/_data', { type: 'volume', rw: false }),
          volumes: '{"mountpoint":"/var/lib/docker/volumes/x/_data","device":"/etc"}\nend\n',
          'mount-sources': sources('/var/lib/docker/volumes/x/_data', '/etc'),
        },
      ],
      ['a part of them, to write', mounted('/etc/ssh')],
      ...(
        ['/var/lib', '/var/lib/kinkeeper-host', '/etc/shadow', '/root/.ssh', '/opt/kinkeeper', '/srv', '/mnt'] as const
      ).map((path) => [path, mounted(path, { rw: false })] as const),
      ['all data of the household', mounted('/srv/kinkeeper', { rw: false })],
      ['a folder that only begins alike', mounted('/srv/kinkeeper-old', { rw: false })],
      ['a link among the data that leads out', led('/srv/kinkeeper/synapse/signing.key', '/etc/shadow')],
      ['a socket among the data', led('/srv/kinkeeper/state/s', '/srv/kinkeeper/state/s', 'socket')],
      ['the time zone, to write', mounted('/etc/localtime')],
      ['a time zone that leads elsewhere', led('/etc/localtime', '/etc/shadow', 'regular-file')],
      ['shared', mounted('/srv/kinkeeper/state', { propagation: 'rshared' })],
    ],
    'container-users': [
      ['by default', one({ user: '', readOnly: false })],
      ['by number', one({ user: '0:0', capAdd: ['CHOWN'] })],
      ['by name', one({ user: 'root', capDrop: null })],
      ['that has another right beside', one({ user: '', capAdd: ['SETUID', 'CHOWN'] })],
      ['that may gain rights', one({ user: 'root', security: null })],
      ['with all rights', one({ user: 'root', privileged: true })],
    ],
    'container-health': [
      ['ill', one({ health: 'unhealthy' })],
      ['not asked', one({ health: null })],
      ['stopped', one({ running: false })],
      ['a restore that is ill while it runs', one({ service: 'restore', health: 'unhealthy' })],
      ['stays away', one({ restart: 'no' })],
    ],
    'container-images': [['a tag', one({ image: 'kinkeeper:latest' })]],
    'container-networks': [['the default', one({ network: 'bridge' })]],
    'container-logs': [['without end', one({ logSize: '' })]],
    'container-data': [
      ['elsewhere', mounted('/var/data')],
      ['a volume of Docker', mounted('/var/lib/docker/volumes/x/_data', { type: 'volume' })],
      ['a link that leads to a plain disk', mounted('/srv/kinkeeper/x', {}, 'directory\t/srv/kinkeeper/x\t/mnt/plain')],
    ],
    'container-secrets': [['one', swapped('container-secrets', 'bot-1 0', 'bot-1 2')]],
  },
  well: [
    ['a volume of Docker', 'container-mounts', mounted('/var/lib/docker/volumes/x/_data', { type: 'volume' })],
    [
      'a volume that is a folder of the household',
      'container-mounts',
      {
        ...one(mount('/var/lib/docker/volumes/x/_data', { type: 'volume' })),
        volumes: '{"mountpoint":"/var/lib/docker/volumes/x/_data","device":"/srv/kinkeeper/x"}\nend\n',
        'mount-sources': sources('/var/lib/docker/volumes/x/_data', '/srv/kinkeeper/x'),
      },
    ],
    ['the spool', 'container-mounts', mounted('/var/lib/kinkeeper-spool')],
    ['the time zone as a link', 'container-mounts', led('/etc/localtime', '/usr/share/zoneinfo/Europe/Berlin')],
    [
      'data that lie elsewhere, by a link',
      'container-mounts',
      {
        'mount-sources': ['', '/state', '/config']
          .map((part) => `directory\t/srv/kinkeeper${part}\t/mnt/kin${part}`)
          .concat(sources().split('\n').slice(3))
          .join('\n'),
      },
    ],
    ['a time zone', 'container-mounts', mounted('/etc/localtime', { rw: false })],
    ['the log of the journal', 'container-logs', one({ log: 'journald', logSize: '' })],
    [
      'nginx, which becomes another',
      'container-users',
      { containers: nginx({ user: '', capAdd: ['SETUID', 'CAP_SETGID'] }) },
    ],
    ['what fetches models once', 'container-health', one({ service: 'fetch-models', running: false, restart: 'no' })],
    ['what restores once', 'container-health', one({ service: 'restore', running: false, restart: 'no' })],
    ['an image of this place', 'container-images', one({ image: 'kinkeeper:local' })],
    ['the spool of the host helper', 'container-data', mounted('/var/lib/kinkeeper-spool/requests')],
  ],
  unclear: [
    ['mounts that were not looked at', 'container-mounts', one(mount('/srv/kinkeeper/x'))],
    ['mounts of which not all were looked at', 'container-mounts', swapped('mount-sources', 'end\n', '')],
  ],
};
