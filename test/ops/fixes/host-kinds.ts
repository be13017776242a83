import type { HostKind } from '../../../ops/fixes/host-kind.ts';

/** What is typed on it where nothing is known of the host. */
export const COMMANDS = {
  install: '/opt/kinkeeper/ops/host/install',
  trustKey: 'cd /opt/kinkeeper && docker compose exec ops kinkeeper checklist --trust-key',
  measures: '/opt/kinkeeper/ops/host/measures',
};

/** A household in containers of Docker, as `kinkeeper setup` makes it. */
export const IN_DOCKER: HostKind = {
  engine: { name: 'docker' },
  data: '/srv/kinkeeper',
  product: '/opt/kinkeeper',
  settingsFile: undefined,
  account: { uid: 10_001, gid: 10_001 },
  hasSystemd: true,
  hasHelper: true,
  hasServices: false,
  hasCertbot: true,
};

/** Bot and ops beside a Synapse that was there, as services. */
export const BARE: HostKind = {
  ...IN_DOCKER,
  engine: { name: 'none' },
  settingsFile: '/srv/kinkeeper/config/kinkeeper.yaml',
  hasServices: true,
};
