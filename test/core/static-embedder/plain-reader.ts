import { readFileSync } from 'node:fs';

/** The STV1 format and MaxSim read straight from their description, with maps and full vectors: slow, and easy to check by eye. */
export class PlainReader {
  readonly #ids = new Map<string, number>();
  readonly #logP: number[] = [];
  readonly #vectors: number[][] = [];
  readonly #a: number;
  readonly #unknown: number;

  constructor(path: string) {
    const bytes = readFileSync(path);
    const n = bytes.readUInt32LE(8);
    const dim = bytes.readUInt32LE(12);
    this.#a = bytes.readFloatLE(20);
    let at = 32 + 3 * n;
    for (let i = 0; i < n; i++) {
      this.#logP.push(-bytes.readUInt16LE(32 + 2 * i) / 2048);
      const length = bytes[32 + 2 * n + i]!;
      this.#ids.set(bytes.toString('utf8', at, at + length), i);
      at += length;
    }
    this.#unknown = this.#logP.reduce((least, p) => Math.min(least, p)) - 10;
    for (let i = 0; i < n; i++) {
      const row: number[] = [];
      for (let k = 0; k < dim / 2; k++) {
        const byte = bytes[at + (i * dim) / 2 + k]!;
        row.push((byte & 15) - 8, (byte >> 4) - 8);
      }
      const length = Math.hypot(...row);
      this.#vectors.push(row.map((value) => value / length));
    }
  }

  pieces(text: string): number[] {
    const words = text.normalize('NFKC').toLowerCase().replaceAll('i\u0307', 'i').trim().split(/\s+/u);
    const found = words.filter(Boolean).flatMap((word) => this.#segment([...`\u2581${word}`]));
    return [...new Set(found)].sort((a, b) => a - b);
  }

  maxSim(question: readonly number[], passage: readonly number[]): number {
    let [sum, weights] = [0, 0];
    for (const t of question) {
      const weight = this.#a / (this.#a + Math.exp(this.#logP[t]!));
      const cosines = passage.map((u) =>
        this.#vectors[t]!.reduce((dot, value, i) => dot + value * this.#vectors[u]![i]!, 0),
      );
      sum += weight * Math.max(0, ...cosines) ** 2;
      weights += weight;
    }
    return sum / weights;
  }

  #segment(characters: string[]): number[] {
    const best: { score: number; ids: number[] }[] = [{ score: 0, ids: [] }];
    for (let end = 1; end <= characters.length; end++) {
      best[end] = { score: best[end - 1]!.score + this.#unknown, ids: best[end - 1]!.ids };
      for (let start = end - 1; start >= 0; start--) {
        const id = this.#ids.get(characters.slice(start, end).join(''));
        if (id === undefined) continue;
        const score = best[start]!.score + this.#logP[id]!;
        if (score > best[end]!.score) best[end] = { score, ids: [...best[start]!.ids, id] };
      }
    }
    return best.at(-1)!.ids;
  }
}
