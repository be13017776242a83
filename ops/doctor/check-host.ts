import type { AnsweringSettings, EmbeddingSettings } from '../../config/config.ts';
import { harden } from '../fixes/commands.ts';
import type { MachineFacts } from '../setup/machine-facts.ts';
import { type Finding, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

/** What the machine around bot and ops is like, as far as it can be told from inside (in a container that is less); what is not known is not called well. */
export function checkHost(
  facts: Pick<MachineFacts, 'clockSynchronised' | 'hasPlainSwap' | 'isEncrypted' | 'hasAvx2'>,
  { embedding, answering }: { readonly embedding: EmbeddingSettings; readonly answering: AnsweringSettings },
  telling: Telling,
): Finding[] {
  const isModelHere = embedding.kind !== 'none' || answering.kind === 'auto' || answering.kind === 'ollama';
  return [
    clock(facts.clockSynchronised, telling),
    swap(facts.hasPlainSwap, telling),
    volume(facts.isEncrypted, telling),
    ...processor(isModelHere ? facts.hasAvx2 : undefined, telling),
  ];
}

function clock(isKept: boolean | null, { say, host }: Telling): Finding {
  if (isKept) return ok('clock', say('clock.kept'));
  if (isKept === null) return warn('clock', say('clock.untold'), say('look-on-host', { command: 'date' }));
  const set = host.hasSystemd ? 'timedatectl set-ntp true' : 'apt-get install -y chrony && service chrony start';
  return warn('clock', say('clock.loose'), set);
}

function swap(isPlain: boolean | null, { say, host }: Telling): Finding {
  if (isPlain === false) return ok('swap', say('swap.well'));
  return isPlain === null
    ? warn('swap', say('swap.untold'), say('look-on-host', { command: 'cat /proc/swaps' }))
    : warn('swap', say('swap.plain'), harden('swap')(host));
}

function volume(isEncrypted: boolean | null, { say, host }: Telling): Finding {
  if (isEncrypted) return ok('volume', say('volume.sealed'));
  const says = isEncrypted === null ? say('volume.untold') : say('volume.plain');
  return warn('volume', says, say('volume.fix', { command: harden('luks')(host) }));
}

/** undefined: no model runs here. */
function processor(hasAvx2: boolean | null | undefined, { say }: Telling): Finding[] {
  if (hasAvx2 === undefined) return [];
  if (hasAvx2) return [ok('processor', say('processor.well'))];
  const says = hasAvx2 === null ? say('processor.untold') : say('processor.slow');
  return [warn('processor', says, say('processor.fix'))];
}
