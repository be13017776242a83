import { randomInt } from 'node:crypto';
import { sameBytes } from '../../core/keys/same-bytes.ts';
import type { Prompt } from './prompt.ts';

const TRIES = 3;

/**
 * Shows a recovery code, once, and asks for one of its groups back, so that it was surely written down. False after three
 * wrong answers: the code must not count then. Any case; O and 0, I, L and 1 are taken for each other.
 */
export async function confirmCode(
  code: string,
  { prompt, say }: { readonly prompt: Prompt; readonly say: (line: string) => void },
): Promise<boolean> {
  const groups = code.split('-');
  const asked = randomInt(groups.length);
  say('The new recovery code. It is shown this once; write it down and keep it away from this machine:');
  say('');
  say(`    ${code}`);
  say('');
  for (let tries = 0; tries < TRIES; tries++) {
    const typed = await prompt.line(`Type group ${asked + 1} of it, to check what you wrote down`);
    if (sameBytes(plain(typed), plain(groups[asked]!))) return true;
    say('That is not what stands there. Compare it once more.');
  }
  say('Nothing was changed: the code above does not count, the old one does.');
  return false;
}

function plain(text: string): Uint8Array {
  return Buffer.from(text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1'));
}
