import type { RotationPlaces } from '../core/incident/rotation-sight.ts';
import type { LoadedSettings } from './loaded-settings.ts';

/** Where the keys lie that can be seen to be new after an incident: of the files of keys those that the bot reads itself. */
export function rotationPlaces({ config, files }: Pick<LoadedSettings, 'config' | 'files'>): RotationPlaces {
  const pathsOf = (...settings: string[]) =>
    files.filter(({ name }) => settings.includes(name)).map(({ path }) => path);
  return {
    stateDir: config.stateDir,
    passwordFile: pathsOf('matrix.passwordFile')[0],
    accountsTokenFile: pathsOf('homeserver.adminTokenFile')[0],
    modelKeyFiles: pathsOf('embedding.apiKeyFile', 'answering.apiKeyFile'),
    hasDatabase: config.store.kind !== 'sqlite' || config.homeserver.kind === 'postgres',
    databaseKeyFiles: pathsOf('store.apiKeyFile'),
    recipientsFile: config.backup.recipientsFile,
    hasHostHelper: config.host.spoolDir !== undefined,
    etc: '/etc',
  };
}
