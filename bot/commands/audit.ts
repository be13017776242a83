import { auditLine } from '../audit-words.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** As many rows as stay well under the size of a message. */
const SHOWN = 30;

/** `!audit`: what the trail holds about the caller: what they did, and what was done to them or theirs; newest first. */
export const audit = defineCommand({
  name: 'audit',
  typed: { en: 'audit', de: 'protokoll' },
  aliases: ['trail', 'spur'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['audit'],
  execute: ({ caller, audit: trail }) => {
    const { language } = caller;
    const entries = trail.concerning(caller, SHOWN);
    if (entries.length === 0) return say(language, 'audit.none');
    return [
      say(language, 'audit.head', { shown: entries.length }),
      '',
      ...entries.map((entry) => auditLine(entry, caller)),
      '',
      say(language, 'audit.foot'),
    ].join('\n');
  },
});
