import { agesFor } from '../../core/retention/policy.ts';
import { choicesOf } from '../../core/retention/tenant-retention.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';
import { forget } from './forget.ts';
import { forgetChat } from './forget-chat.ts';
import { usageLine } from './usage-line.ts';

/** `!privacy`: what is kept about the caller, where, under whose key, who sees it, which models read it, how long. */
export const privacy = defineCommand({
  name: 'privacy',
  typed: { en: 'privacy', de: 'datenschutz' },
  aliases: ['privatsphäre'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['vault', 'shares', 'models', 'server', 'clock', 'retention'],
  execute: ({ caller, vault, shares, models, server, clock, retention }) => {
    const { oldest, chatAge, ...kept } = vault.read(caller, (reader) => ({
      documents: reader.documents().length,
      passages: reader.passageCount(),
      ...reader.memorySize(),
      cases: reader.badAnswers().length,
      chatAge: agesFor(retention, choicesOf(reader)).chat,
    }));
    return say(caller.language, 'privacy', {
      ...kept,
      lent: shares.of(caller).filter(({ side }) => side === 'owner').length,
      oldestAge: oldest === undefined ? 0 : clock() - oldest,
      turnDays: chatAge === 'forever' ? 0 : chatAge,
      answering: models().answering,
      embedding: models().embedding,
      server,
      forget: usageLine(forget, caller.language),
      forgetChat: usageLine(forgetChat, caller.language),
    });
  },
});
