import type { Socket } from 'node:net';

/** A passphrase and its wrapping fit into this many times over. */
export const MOST_LINE_BYTES = 8192;

/**
 * The next line of a socket without its line break, for the unlock socket and its client. undefined when the connection
 * ends, fails, or sends more than `mostBytes` without a line break. What follows the line is put back.
 */
export function nextLine(socket: Socket, mostBytes: number): Promise<string | undefined> {
  const result = Promise.withResolvers<string | undefined>();
  let received: Buffer = Buffer.alloc(0);
  const finish = (line: string | undefined) => {
    socket.off('data', take).off('close', end).off('end', end).off('error', end);
    socket.pause();
    result.resolve(line);
  };
  const end = () => finish(undefined);
  const take = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const stop = received.indexOf(10);
    if (stop < 0) return received.length > mostBytes ? finish(undefined) : undefined;
    const rest = received.subarray(stop + 1);
    finish(received.subarray(0, stop).toString('utf8'));
    if (rest.length > 0) socket.unshift(rest);
  };
  if (socket.destroyed || socket.readableEnded) return Promise.resolve(undefined);
  socket.on('data', take).on('close', end).on('end', end).on('error', end);
  socket.resume();
  return result.promise;
}
