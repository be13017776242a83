import { StringDecoder } from 'node:string_decoder';
import { tooLong } from './list-limit.ts';

/** A page of a list with its thousand names has a tenth of this (bytes). */
const MOST_BYTES = 4 * 1024 * 1024;

/** The text of an answer of a remote, which has to be short. Throws AppError `invalid` when it is not, and reads no further. */
export async function boundedText(answer: AsyncIterable<Buffer>, remote: string): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let [text, bytes] = ['', 0];
  for await (const chunk of answer) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw tooLong(remote, 'gives an answer that does not end');
    text += decoder.write(chunk);
  }
  return text + decoder.end();
}
