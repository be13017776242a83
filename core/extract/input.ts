const stream = process.stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
let pending: Buffer = Buffer.alloc(0);

/** The next `size` bytes from the parent, in memory of their own. Throws when the input ends early. */
export async function receive(size: number): Promise<Buffer> {
  const target = Buffer.allocUnsafeSlow(size);
  let at = 0;
  while (at < size) {
    if (pending.length === 0) {
      const next = await stream.next();
      if (next.done) throw new Error('input ended early');
      pending = next.value;
    }
    const part = pending.subarray(0, size - at);
    at += part.copy(target, at);
    pending = pending.subarray(part.length);
  }
  return target;
}

/** The first frame, which the parent alone writes: not checked further. */
export async function receiveRequest<T>(): Promise<T> {
  const length = (await receive(4)).readUInt32BE();
  return JSON.parse((await receive(length)).toString('utf8')) as T;
}
