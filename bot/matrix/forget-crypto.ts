/** Between the parts of a key of the crypto library's stores. */
const PARTS = '\u001d';
/** Stores of the bot's own account, which name nobody else. */
const OWN = new Set(['core', 'backup_keys']);

/** Whose keys go: a person's devices and identity, the sessions with them, and the room keys of rooms. */
export interface CryptoOf {
  readonly person: string;
  readonly rooms: readonly string[];
}

/**
 * Removes a person from the crypto library's stores: their devices and identity, the channels to them, and the keys of
 * their rooms, with which the homeserver's ciphertext could still be read. The library has no call for it, so its stores
 * are changed under the machine's lock, and the change is durable like every other (durable-indexeddb.ts). Used by CryptoMachine.
 */
export async function forgetCrypto(database: string, { person, rooms }: CryptoOf): Promise<void> {
  const db = await settled(indexedDB.open(database));
  try {
    const names = [...db.objectStoreNames].filter((name) => !OWN.has(name));
    if (names.length === 0) return;
    const transaction = db.transaction(names, 'readwrite');
    const devices = names.includes('devices') ? await settled(transaction.objectStore('devices').getAll()) : [];
    const senders = devices
      .map(textOf)
      .filter((text) => text.includes(`"${person}"`))
      .flatMap(curveKeysIn);
    const meant = new Set([person, ...rooms, ...senders]);
    for (const name of names) await forgetIn(transaction.objectStore(name), meant);
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    db.close();
  }
}

async function forgetIn(store: IDBObjectStore, meant: ReadonlySet<string>): Promise<void> {
  const [keys, values] = [await settled(store.getAllKeys()), await settled(store.getAll())];
  keys.forEach((key, index) => {
    const isTheirs = String(key)
      .split(PARTS)
      .some((part) => meant.has(part));
    if (isTheirs || [...meant].some((name) => textOf(values[index]).includes(`"${name}"`))) store.delete(key);
  });
}

/** A stored value as text: the library keeps JSON in base64, on its own or as a field. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8');
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value)
    .map((field) => (typeof field === 'string' ? `"${field}"` : textOf(field)))
    .join('\n');
}

function curveKeysIn(device: string): string[] {
  return [...device.matchAll(/"curve25519:[^"]*":"([A-Za-z0-9+/]{43})"/g)].map(([, key]) => key!);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
