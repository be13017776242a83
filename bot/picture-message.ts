import type { Logger } from '../core/log.ts';
import type { DrawPng, Png } from '../core/picture.ts';
import type { CommandPicture } from './commands/command-spec.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { attachmentContent } from './matrix/media.ts';
import type { MessagePlace } from './matrix/message-content.ts';

/** What pictures are made and uploaded with. */
export interface PictureParts {
  readonly homeserver: Homeserver;
  readonly drawPng: DrawPng;
  readonly log: Logger;
}

/** The content of the message with the picture, or why there is none. */
export type PictureMessage =
  | { readonly content: Readonly<Record<string, unknown>> }
  | { readonly failed: 'drawing' | 'sending' };

/**
 * Draws a picture, encrypts and uploads it, for a message of its own below the text that it belongs to. Whatever fails is
 * logged and told: a text that people wait for never fails for its picture. Throws only when the signal aborts.
 */
export async function pictureMessage(
  { homeserver, drawPng, log }: PictureParts,
  { name, words, svg }: CommandPicture,
  { place, signal }: { readonly place: MessagePlace; readonly signal: AbortSignal },
): Promise<PictureMessage> {
  let png: Png;
  try {
    png = await drawPng(svg, signal);
  } catch (error) {
    return failed('drawing', error);
  }
  try {
    const file = { bytes: png.bytes, name: `${name}.png`, mime: 'image/png', pixels: png };
    // No reply of its own: the text above is the answer. In a thread it stays in it.
    const { thread } = place;
    const within = thread === undefined ? {} : { place: { thread } };
    return { content: await attachmentContent(homeserver, { ...file, caption: words, ...within }) };
  } catch (error) {
    return failed('sending', error);
  }

  function failed(why: 'drawing' | 'sending', error: unknown): PictureMessage {
    signal.throwIfAborted();
    log.warn({ err: error, why }, 'a picture could not be made or sent');
    return { failed: why };
  }
}
