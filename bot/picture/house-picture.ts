import type { Language } from '../../core/caller.ts';
import { dayOf } from '../../core/daily-figures.ts';
import type { HouseSeries } from '../../core/house-series.ts';
import type { CommandPicture } from '../commands/command-spec.ts';
import { pictureWords } from './picture-words.ts';
import { statusPicture } from './status-picture.ts';

/** The picture of the last days, ready to be sent below an answer or the digest. */
export function housePicture(language: Language, series: HouseSeries): CommandPicture {
  return {
    name: `kinkeeper-${dayOf(series.now)}`,
    words: pictureWords(language, series),
    svg: statusPicture(language, series),
  };
}
