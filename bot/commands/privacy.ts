import type { ApiKey } from '../../core/api-key.ts';
import { agesFor } from '../../core/retention/policy.ts';
import { choicesOf } from '../../core/retention/tenant-retention.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { apikey } from './apikey.ts';
import { defineCommand } from './command-spec.ts';
import { exportDocument } from './export.ts';
import { forget } from './forget.ts';
import { forgetChat } from './forget-chat.ts';
import type { Backup } from './services.ts';
import { usageLine } from './usage-line.ts';

/**
 * `!privacy`: what is kept about the caller and how much, where, under whose key, who sees it, which models read it, when it
 * was last used, how long it is kept, and which backups still hold it.
 */
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
  needs: ['vault', 'inRooms', 'shares', 'models', 'server', 'clock', 'retention', 'backups', 'apiKeys'],
  execute: ({ caller, vault, inRooms, shares, models, server, clock, retention, backups, apiKeys }) => {
    const { oldest, newest, chatAge, size, ...kept } = vault.read(caller, (reader) => ({
      documents: reader.documents().length,
      passages: reader.passageCount(),
      ...reader.memorySize(),
      cases: reader.badAnswers().length,
      chatAge: agesFor(retention, choicesOf(reader)).chat,
      size: {
        bytes: reader.textBytes(),
        versions: reader.replacedDocuments().length,
        addedAt: Math.max(0, ...reader.documents().map(({ addedAt }) => addedAt)),
        vectors: reader.embeddingModels(),
      },
    }));
    const given = inRooms?.count(caller.person);
    const made = backups?.() ?? [];
    const sides = shares.of(caller).map(({ side }) => side);
    const more = say(caller.language, 'privacy.use', {
      ...size,
      askedAt: newest ?? 0,
      backupsMade: made.length,
      keptUntil: lastDay(made),
      ...useOf(apiKeys.of(caller)),
      call: code(`!${apikey.typed[caller.language]}`),
      everything: code(`!${exportDocument.typed[caller.language]}`),
    });
    const main = say(caller.language, 'privacy', {
      ...kept,
      lent: sides.filter((side) => side === 'owner').length,
      borrowed: sides.filter((side) => side === 'reader').length,
      roomQuestions: given?.questions ?? 0,
      roomPapers: given?.papers ?? 0,
      oldestAge: oldest === undefined ? 0 : clock() - oldest,
      turnDays: chatAge === 'forever' ? 0 : chatAge,
      answering: models().answering,
      embedding: models().embedding,
      server,
      forget: usageLine(forget, caller.language),
      forgetChat: usageLine(forgetChat, caller.language),
    });
    return `${main}\n\n${more}`;
  },
});

/** Of keys of the HTTP API: how many open something, and how often and when the last time any of them did. */
function useOf(keys: readonly ApiKey[]) {
  return {
    keys: keys.filter(({ isEnded }) => !isEnded).length,
    uses: keys.reduce((sum, { uses }) => sum + uses, 0),
    usedAt: Math.max(0, ...keys.map(({ usedAt }) => usedAt ?? 0)),
  };
}

/** When the last of them is gone; 0: there is none; null: one of them lies where nobody removes it. */
function lastDay(made: readonly Backup[]): number | null {
  const days = made.map(({ keptUntil }) => keptUntil);
  return days.includes(null) ? null : Math.max(0, ...days.map(Number));
}
