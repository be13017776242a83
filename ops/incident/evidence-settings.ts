import { join, parse } from 'node:path';
import type { LocalConfig } from '../../config/config.ts';
import type { EvidenceSources } from './evidence-files.ts';

/** What the settings give to evidence: themselves, and where both processes write their logs. For the entry files of ops. */
export function evidenceOf(config: LocalConfig): Pick<EvidenceSources, 'settings' | 'logFiles'> {
  const path = config.logFile?.path;
  return { settings: config, logFiles: path === undefined ? [] : [path, logOfOps(path)] };
}

/** Where ops writes its log beside the bot's: `kinkeeper.log` -> `kinkeeper-ops.log`. */
export function logOfOps(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-ops${ext}`);
}
