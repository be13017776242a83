import { GOOD, nginx } from '../good-host.ts';
import { added, type OddHosts, one, swapped } from './odd-host.ts';

const port = (HostIp: string, HostPort: string) => ({ '8008/tcp': [{ HostIp, HostPort }] });

/** Hosts that are odd about the engine. */
export const DOCKER: OddHosts = {
  fails: {
    'docker-ports': [
      ['everywhere', one({ ports: port('0.0.0.0', '8008') })],
      ['by IPv6', one({ ports: port('::', '8008') })],
      ['asked for, not running', one({ running: false, ports: {}, bindings: port('', '8008') })],
      ['on the VPN', one({ ports: port('10.8.0.1', '8008') })],
      ['a web port of another', one({ ports: port('0.0.0.0', '443') })],
      ['another port of nginx', { containers: nginx({ ports: port('0.0.0.0', '8080') }) }],
      [
        'at 127.0.0.1 of an old Docker',
        { ...one({ ports: port('127.0.0.1', '8008') }), docker: GOOD.docker.replace('28.2.2', '20.10.24+dfsg1') },
      ],
    ],
    'docker-api': [
      ['dockerd', added('sockets', 'tcp LISTEN 0 9 127.0.0.1:4243 0.0.0.0:* users:(("dockerd",pid=2,fd=5))')],
      ['its port', added('sockets', 'tcp LISTEN 0 9 0.0.0.0:2375 0.0.0.0:*')],
    ],
    'docker-group': [
      ['a member', { 'docker-group': 'docker:x:106:ada\n' }],
      ['as first group', swapped('passwd', 'ada:x:1000:1000', 'ada:x:1000:106')],
    ],
    'docker-socket': [
      ['for all', { 'docker-socket': '666|root|docker\n' }],
      ['of a group', { 'docker-socket': '660|root|users\n' }],
      ['of somebody', { 'docker-socket': '660|ada|docker\n' }],
    ],
    'docker-confinement': [
      ['no seccomp', swapped('docker', 'name=seccomp,profile=builtin', 'name=rootless')],
      ['seccomp that lets all through', swapped('docker', 'profile=builtin', 'profile=unconfined')],
      ['no AppArmor', swapped('docker', '"name=apparmor",', '')],
      ['all of /proc', one({ security: ['no-new-privileges', 'systempaths=unconfined'] })],
      ['one container without', one({ security: ['no-new-privileges', 'seccomp=unconfined'] })],
      ['one without AppArmor', one({ appArmor: 'unconfined' })],
      ['one that AppArmor does not know', one({ appArmor: '' })],
      ['calls all let through', one({ security: ['seccomp={"defaultAction": "SCMP_ACT_ALLOW"}'] })],
    ],
  },
  well: [
    ['one that never ran', 'docker-confinement', one({ running: false, appArmor: '' })],
    [
      'calls of its own choice',
      'docker-confinement',
      one({ security: ['seccomp={"defaultAction":"SCMP_ACT_ERRNO"}'] }),
    ],
    ['127.0.0.1 of a new Docker', 'docker-ports', one({ ports: port('127.0.0.1', '8008') })],
  ],
  unclear: [],
};
