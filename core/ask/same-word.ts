/** Equal, or forms of one word as far as a common beginning tells: "end" and "ends"; never two numbers. Words as `wordsOf` gives them. */
export function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  if (/\p{N}/u.test(a + b)) return false;
  let same = 0;
  while (same < a.length && a[same] === b[same]) same += 1;
  return same >= 3 && same >= 0.6 * Math.max(a.length, b.length);
}
