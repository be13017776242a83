/** A set of word pieces as a bit each (23 kB for the built-in 185,000): which ones occur in a tenant's passages. Part of word-index. */
export class PieceSet {
  #bits = new Uint8Array(32_768);
  #sorted: Uint32Array | undefined;

  add(piece: number): void {
    if (piece >= MOST) return;
    const at = piece >>> 3;
    if (at >= this.#bits.length) {
      const larger = new Uint8Array(2 * at);
      larger.set(this.#bits);
      this.#bits = larger;
    }
    const bit = 1 << (piece & 7);
    if ((this.#bits[at]! & bit) !== 0) return;
    this.#bits[at]! |= bit;
    this.#sorted = undefined;
  }

  /** Ascending. */
  sorted(): Uint32Array {
    this.#sorted ??= Uint32Array.from(this.#members());
    return this.#sorted;
  }

  *#members(): Generator<number> {
    for (const [at, bits] of this.#bits.entries()) {
      for (let bit = 0; bit < 8; bit++) if ((bits & (1 << bit)) !== 0) yield 8 * at + bit;
    }
  }
}

/** No vocabulary is larger; a damaged file must not make the set grow without end. */
const MOST = 2 ** 22;
