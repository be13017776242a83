/**
 * A careful guess of how many tokens a model makes of a text, without its tokenizer: rather too many than too few,
 * because a prompt that is too long is cut by the server, and it cuts the rules at the start. Letters of the Latin
 * script three to a token, other alphabets three bytes to a token, digits and signs one each.
 */
export function estimateTokens(text: string): number {
  let thirds = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 32) continue;
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) thirds += 1;
    else if (code < 128) thirds += 3;
    else if (code < 0x800) thirds += 2;
    else thirds += 4;
  }
  return Math.ceil(thirds / 3);
}
