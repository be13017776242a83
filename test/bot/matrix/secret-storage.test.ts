import { createHmac, webcrypto } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeRecoveryKey, sealSecret, storeSecrets } from '../../../bot/matrix/secret-storage.ts';
import { randomStream, testSeed } from '../random.ts';
import { SmallHomeserver } from './small-homeserver.ts';

const { subtle } = webcrypto;
interface Sealed {
  iv: string;
  ciphertext: string;
  mac: string;
}

let server: SmallHomeserver;
beforeAll(async () => {
  server = await SmallHomeserver.start();
});
afterAll(() => server.stop());

/** The specification's "m.secret_storage.v1.aes-hmac-sha2" once more, on Web Crypto: undefined when the code does not fit. */
async function open(
  key: Uint8Array<ArrayBuffer>,
  name: string,
  sealed: Omit<Sealed, 'ciphertext'> & { ciphertext?: string },
  plain?: Buffer,
): Promise<string | undefined> {
  const base = await subtle.importKey('raw', key, 'HKDF', false, ['deriveBits']);
  const info = new TextEncoder().encode(name);
  const bits = Buffer.from(
    await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info }, base, 512),
  );
  const aes = await subtle.importKey('raw', bits.subarray(0, 32), 'AES-CTR', false, ['encrypt', 'decrypt']);
  const algorithm = { name: 'AES-CTR', counter: Buffer.from(sealed.iv, 'base64'), length: 64 };
  const ciphertext = plain
    ? Buffer.from(await subtle.encrypt(algorithm, aes, Buffer.from(plain)))
    : Buffer.from(sealed.ciphertext!, 'base64');
  const mac = createHmac('sha256', bits.subarray(32)).update(ciphertext).digest('base64').replace(/=+$/, '');
  return mac === sealed.mac
    ? Buffer.from(await subtle.decrypt(algorithm, aes, ciphertext)).toString('utf8')
    : undefined;
}

/** Recovery key back to bytes, by the specification's rules; throws where they are broken. */
function decode(written: string): Uint8Array<ArrayBuffer> {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = 0n;
  for (const letter of written.replaceAll(' ', '')) number = number * 58n + BigInt(alphabet.indexOf(letter));
  const bytes = Buffer.from(number.toString(16).padStart(70, '0'), 'hex');
  if (bytes.length !== 35 || bytes[0] !== 0x8b || bytes[1] !== 0x01 || bytes.reduce((a, b) => a ^ b) !== 0)
    throw new Error('no recovery key');
  return new Uint8Array(bytes.subarray(2, 34));
}

test('what is stored can be opened with the recovery key that was handed out, by an independent implementation', async () => {
  const secrets = {
    'm.cross_signing.master': 'bWFzdGVy',
    'm.cross_signing.self_signing': 'c2VsZg',
    'm.cross_signing.user_signing': 'dXNlcg',
  };
  const written = await storeSecrets(server.client('@kin:home.test', 'D'), '@kin:home.test', secrets);
  const key = decode(written);
  const { key: id } = server.accountData.get('m.secret_storage.default_key') as { key: string };
  const described = server.accountData.get(`m.secret_storage.key.${id}`) as {
    iv: string;
    mac: string;
    algorithm: string;
  };
  expect(described.algorithm).toBe('m.secret_storage.v1.aes-hmac-sha2');
  expect(await open(key, '', described, Buffer.alloc(32))).toBeDefined();
  for (const [name, secret] of Object.entries(secrets)) {
    const { encrypted } = server.accountData.get(name) as { encrypted: Record<string, Sealed> };
    expect(await open(key, name, encrypted[id]!)).toBe(secret);
    expect(await open(key, 'another name', encrypted[id]!)).toBeUndefined();
  }
  expect(JSON.stringify([...server.accountData.values()])).not.toContain(
    Buffer.from(key).toString('base64').slice(0, 20),
  );
});

test('a sealed secret fits its own key only, and no two are alike', async () => {
  const [key, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const sealed = sealSecret(key, 'name', 'words');
  expect(await open(key, 'name', sealed)).toBe('words');
  expect(await open(other, 'name', sealed)).toBeUndefined();
  expect(sealSecret(key, 'name', 'words').ciphertext).not.toBe(sealed.ciphertext);
  // With this bit clear, a counter of 64 bits never runs into the random half.
  for (let at = 0; at < 50; at += 1) expect(Buffer.from(sealSecret(key, 'n', 'w').iv, 'base64')[8]! & 0x80).toBe(0);
});

test('a recovery key is written as the published example has it', () => {
  // The key pair of RFC 7748, section 6.1, in the notation of the specification's appendix "Cryptographic key representation".
  const key = Buffer.from('77076d0a7318a57d3c16c17251b26645df4c2c92ebc1779920cbb0f4b5f5d5f8', 'hex');
  const example = 'EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d';
  expect(decode(example)).toHaveLength(32);
  expect(encodeRecoveryKey(decode(example))).toBe(example);
  expect(decode(encodeRecoveryKey(key))).toEqual(new Uint8Array(key));
});

const seed = testSeed();
test(`every key can be read back from its notation, and a wrong letter shows (seed ${seed})`, () => {
  const random = randomStream(seed);
  for (let at = 0; at < 300; at += 1) {
    const key = Uint8Array.from({ length: 32 }, () => (random() < 0.2 ? 0 : random() * 256));
    const written = encodeRecoveryKey(key);
    expect(written).toMatch(/^([1-9A-HJ-NP-Za-km-z]{4} ){11}[1-9A-HJ-NP-Za-km-z]{4}$/);
    expect(decode(written)).toEqual(key);
  }
  const written = encodeRecoveryKey(new Uint8Array(32).fill(9));
  expect(() => decode(`${written.slice(0, -1)}${written.endsWith('a') ? 'b' : 'a'}`)).toThrow();
});
