import { execa } from 'execa';
import { AppError } from '../../core/errors.ts';
import { HARDENING } from './answers.ts';
import type { ActParts } from './do-acts.ts';
import { HOST_FOLDER, HOST_SETTINGS } from './plan/host-helper-files.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** The host's own tool for its measures; `undo NAME` takes each back. */
export const HARDEN = `${HOST_FOLDER}/kinkeeper-harden`;
/** What comes back by itself unless somebody who logged in anew confirms it. */
const GUARDED = ['firewall', 'ssh'];

/**
 * Takes the measures that the answers name, one after the other, and shows what each said. Those of before are left as they are. False when
 * one did not take hold: it has gone back by itself, and the others stay. Throws AppError `unavailable` when packages are missing.
 */
export async function hardenHost({ answers, say }: ActParts): Promise<boolean> {
  const { language, hardening } = answers;
  const names = HARDENING.filter((name) => hardening.includes(name));
  const missing = (await harden('packages', names)).said.split(/\s+/).filter((word) => word !== '');
  if (missing.length > 0)
    throw new AppError('unavailable', 'packages are missing for the measures of the host', {
      hint: `apt-get install ${[...new Set(missing)].join(' ')}; then run set-up again: it goes on where it stopped.`,
    });
  const failed: string[] = [];
  for (const name of names) {
    const { ok, said } = await harden('apply', [name]);
    say(said.trimEnd());
    if (!ok) failed.push(name);
    else if (GUARDED.includes(name) && /confirm/.test(said))
      say(sayAtSetup(language, 'hardening.confirm', { command: `sudo ${HARDEN} ${HOST_SETTINGS} confirm ${name}` }));
  }
  if (failed.length > 0)
    say(sayAtSetup(language, 'hardening.failed', { names: failed.join(', '), tool: `${HARDEN} ${HOST_SETTINGS}` }));
  return failed.length === 0;
}

async function harden(act: 'packages' | 'apply', names: readonly string[]): Promise<{ ok: boolean; said: string }> {
  const ended = await execa(HARDEN, [HOST_SETTINGS, act, ...names], { reject: false, stdin: 'ignore', all: true });
  return { ok: !ended.failed, said: ended.all ?? ended.shortMessage ?? '' };
}
