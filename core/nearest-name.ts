/**
 * The known name that a mistyped one most likely means, for "did you mean" in chats, settings and answers; undefined when nothing is near
 * enough. `most`: by how many letters long names may differ.
 */
export function nearestName(mistyped: string, known: Iterable<string>, most = 2): string | undefined {
  const wanted = [...mistyped.toLowerCase()].slice(0, 40);
  const limit = wanted.length <= 4 ? 1 : Math.max(2, Math.min(most, Math.floor(wanted.length / 3)));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(wanted, [...name.toLowerCase()]);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), three rows at a time. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(old[j]! + 1, row[j - 1]! + 1, old[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2]! + 1);
      row.push(cost);
    }
    older = old;
    old = row;
  }
  return old[b.length]!;
}
