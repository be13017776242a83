import { createSocket, type Socket } from 'node:dgram';

/** Seconds from 1900, where NTP begins to count, to 1970. */
const SINCE_1900 = 2_208_988_800;

/**
 * A server that tells the time (RFC 5905, server mode): on the loopback, where whole machines of the laboratory find it as 10.0.2.2, or, started as
 * a program, in the network outside of a machine. Undefined where somebody else has the port, which will do as well, or it may not be had.
 */
export async function startTimeServer(address = '127.0.0.1'): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  socket.on('message', (asked, from) => {
    if (asked.length >= 48) socket.send(answerTo(asked), from.port, from.address);
  });
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined));
    socket.bind(123, address, () => resolve(socket));
  });
}

function answerTo(asked: Buffer): Buffer {
  const answer = Buffer.alloc(48);
  answer[0] = 0x24; // no leap second, version 4, server
  answer[1] = 2;
  answer[2] = asked[2]!;
  answer[3] = 0xec; // 2^-20 s
  answer.write('LOCL', 12, 'latin1');
  asked.copy(answer, 24, 40, 48);
  for (const at of [16, 32, 40]) writeNow(answer, at);
  return answer;
}

function writeNow(answer: Buffer, at: number): void {
  const now = Date.now();
  answer.writeUInt32BE(Math.floor(now / 1000) + SINCE_1900, at);
  answer.writeUInt32BE(Math.floor(((now % 1000) / 1000) * 2 ** 32), at + 4);
}

if (import.meta.main) await startTimeServer('0.0.0.0');
