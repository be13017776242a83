import type { Setting } from '../setting.ts';
import { choice, count, path, url, urlOrOff } from '../setting-types.ts';

/** The machine around the product: its door, its helper, and updates. */
export const hostSettings = {
  'door.address': {
    type: url,
    switchesOn: true,
    example: 'https://chat.home.example',
    meaning:
      'Address by which phones reach the household, for the checklist. Left out: that of the homeserver where it is https, else the domain of everybody’s address',
  },
  'door.authorityFile': {
    type: path,
    switchesOn: true,
    example: '/srv/kinkeeper/config/tls-authority.pem',
    meaning:
      'Certificate (PEM) of the household’s own authority, where set-up made one: the checklist believes its certificates too. Left out: the public ones alone',
  },
  'host.spoolDir': {
    type: path,
    switchesOn: true,
    example: '/var/lib/kinkeeper-spool',
    meaning: 'Folder shared with the host helper, which does what only root can. Left out: there is none',
  },
  'update.kind': {
    type: choice(['none', 'releases', 'compose']),
    fallback: 'none',
    meaning:
      'How new versions of Kinkeeper come in, by the host helper: folders of releases, or images by digest. none: by hand',
  },
  'update.feed': {
    type: url,
    only: ['releases', 'compose'],
    required: true,
    example: 'https://kinkeeper.example/releases',
    meaning: 'Address of the folder with releases.txt, its signature and the archives',
  },
  'update.keyFile': {
    type: path,
    only: ['releases', 'compose'],
    required: true,
    example: './releases.asc',
    meaning: 'File with the publisher’s public OpenPGP key, which signs releases.txt',
  },
  'update.watchSeconds': {
    type: count('seconds', 1, 3600),
    only: ['releases', 'compose'],
    fallback: 60,
    meaning: 'How long a new version has to go on well before it counts',
  },
  'update.modelRegistry': {
    type: urlOrOff,
    fallback: 'https://registry.ollama.ai',
    meaning:
      'Where it is looked whether there is a newer one of a model of Ollama; only its name is sent there. Empty: not looked at',
  },
} as const satisfies Record<string, Setting>;
