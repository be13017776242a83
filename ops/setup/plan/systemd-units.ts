import { SPOOL } from './compose-folders.ts';
import type { Owner, PlannedFile } from './plan.ts';

/** What the units name. */
interface UnitFacts {
  readonly node: string;
  readonly product: string;
  readonly data: string;
  readonly settingsFile: string;
  readonly account: Owner;
}

/** Names of the services, in the order in which they start. */
export const SERVICES = ['kinkeeper-bot.service', 'kinkeeper-ops.service'] as const;
const FOLDER = '/etc/systemd/system';

/**
 * The services of a household without containers. Reading a file makes namespaces of its own (core/ingest/sandbox.ts), so these are not
 * taken away; nothing else of what a service may be denied is needed.
 */
export function serviceUnits(facts: UnitFacts): PlannedFile[] {
  return SERVICES.map((name) => ({
    path: `${FOLDER}/${name}`,
    mode: 0o644,
    owner: { uid: 0, gid: 0 },
    isRead: true,
    content: unit(name === SERVICES[0] ? 'bot' : 'ops', facts),
  }));
}

function unit(program: 'bot' | 'ops', { node, product, data, settingsFile, account }: UnitFacts): string {
  return `[Unit]
Description=Kinkeeper, ${program}
Wants=network-online.target
After=network-online.target matrix-synapse.service
RequiresMountsFor=${data}

[Service]
ExecStart=${node} --disable-warning=DEP0060 ${product}/${program}/main.ts --config ${settingsFile}
WorkingDirectory=${data}
User=${account.uid}
Group=${account.gid}
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
TimeoutStopSec=60
UMask=0077
LimitCORE=1
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ReadWritePaths=${data}/state ${data}/backups ${data}/models ${data}/logs ${data}/secrets ${SPOOL}
PrivateTmp=yes
PrivateDevices=yes
ProtectHome=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
}
