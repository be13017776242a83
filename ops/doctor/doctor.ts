import { systemClock } from '../../core/clock.ts';
import { backupPlan } from '../backup/backup-plan.ts';
import { readMachineFacts } from '../setup/machine-facts.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkBackup } from './check-backup.ts';
import { checkHost } from './check-host.ts';
import { checkIndex } from './check-index.ts';
import { checkLogIn } from './check-log-in.ts';
import { checkCoreDumps, checkMemory, checkModelsFolder, checkNode, checkSandbox } from './check-machine.ts';
import { checkNetwork } from './check-network.ts';
import { checkSettings } from './check-settings.ts';
import { checkSetup } from './check-setup.ts';
import { checkState } from './check-state.ts';
import { checkWayIn } from './check-way-in.ts';
import type { Finding } from './finding.ts';

/** Everything that `kinkeeper doctor` looks at. Changes nothing, needs no passphrase; the bot's account is logged in for a moment. */
export async function examine(file: string | undefined, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  const { findings, loaded } = checkSettings(file, env);
  const machine = [checkNode(), checkCoreDumps(), ...findings, ...(await checkSandbox())];
  if (loaded === undefined) return machine;
  const { config, secrets } = loaded;
  return [
    ...machine,
    ...checkSetup(file),
    ...checkHost(await readMachineFacts({ data: config.stateDir, ports: [], host: undefined }), config),
    await checkMemory(config.embedding),
    ...(await checkModelsFolder(config.embedding)),
    ...(await checkState(config.stateDir)),
    ...(await checkBackup(backupPlan(config, secrets, file))),
    ...(await checkNetwork(loaded)),
    ...(await checkLogIn(loaded)),
    ...(await checkAccounts(loaded)),
    ...(await checkWayIn(config.matrix.homeserver, systemClock())),
    ...(await checkIndex(loaded)),
  ];
}
