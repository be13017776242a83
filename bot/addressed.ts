/**
 * What makes a message in a family room one for the bot: it mentions the bot, begins with its name, replies to what the
 * bot said, or edits what it answered. People talk to each other there. Pure.
 */
export function isAddressed(
  content: Readonly<Record<string, unknown>>,
  { own, text, repliesToUs }: { readonly own: string; readonly text: string; readonly repliesToUs: boolean },
): boolean {
  const mentions = content['m.mentions'] as { user_ids?: unknown } | undefined;
  const isMentioned = Array.isArray(mentions?.user_ids) && mentions.user_ids.includes(own);
  return repliesToUs || isMentioned || withoutName(text, own) !== text;
}

/** A text without the bot's name before it: "@kin: when?", "kin, when?", "@kin:home.test when?". */
export function withoutName(text: string, own: string): string {
  const local = own.slice(1, own.indexOf(':'));
  const forms = [own, `@${local}`].map((form) => `${escaped(form)}[:,]?\\s+`);
  const called = new RegExp(`^(?:${forms.join('|')}|${escaped(local)}[:,]\\s*|kinkeeper[:,]\\s*)`, 'iu');
  return text.replace(called, '').trim() || text;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
