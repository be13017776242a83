import { readFileSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { FamilyClient } from '../../lab/family-client.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { repliedTo } from '../member.ts';

// Somebody outside of the server: runs in a network namespace of its own, takes one request per line, and answers each with one line.

/** How long an answer may take while the machine does other things, containers that come back included. */
const LONG_MS = 2 * PATIENCE_MS;
/** How long until the bot speaks by itself: an update makes a backup, and gives a version that says nothing its time. */
const HEAR_MS = 8 * PATIENCE_MS;

interface Acts {
  /** A port of our own, for who tries to get out. */
  listen(given: { port: number }): Promise<null>;
  /** Takes one more authority for certificates, as a phone does. */
  trust(given: { authority: string }): Promise<null>;
  /** A web server of our own, with the files of a folder. */
  serve(given: { folder: string; port: number }): Promise<null>;
  /** Every port of an address that takes a connection. */
  scan(given: { host: string; ports: number[] }): Promise<number[]>;
  get(given: { url: string; method?: string }): Promise<number>;
  /** Serial number of the certificate that is shown to who asks for a name. */
  serial(given: { host: string }): Promise<string>;
  open(given: { homeserver: string; user: string; password: string; bot: string }): Promise<string>;
  /** Joins the room of the admins, says something there, and takes the bot's answer to it. */
  order(given: { text: string; matching: string }): Promise<string>;
  /** Goes into the room of the admins. */
  enter(given: object): Promise<null>;
  /** Text of something that the bot says in the room of the admins by itself. */
  hear(given: { matching: string }): Promise<string>;
  /** Waits until the phone knows a device of the bot that it did not know at first: what it writes before is not readable there. */
  meet(given: object): Promise<null>;
  /** Somebody else logs in and is greeted by the bot. */
  visit(given: { homeserver: string; user: string; password: string }): Promise<string>;
  file(given: { name: string; text: string }): Promise<string>;
  /** Sends until the homeserver has taken it. */
  say(given: { text: string }): Promise<string>;
  /** Text of the finished answer to an event, once it fits. */
  answer(given: { eventId: string; matching: string }): Promise<string>;
  /** How many messages of the bot answer it, and whether all travelled encrypted. */
  count(given: { eventId: string }): Promise<{ answers: number; encrypted: boolean }>;
}

let family: FamilyClient;
let room: string;
let bot: string;
let opsRoom: string | undefined;
let firstDevices: readonly string[];

const acts: Acts = {
  listen: ({ port }) =>
    new Promise((resolve) => {
      createServer((socket) => socket.destroy()).listen(port, '0.0.0.0', () => resolve(null));
    }),
  trust: async ({ authority }) => {
    setDefaultCACertificates([...getCACertificates('default'), authority]);
    return null;
  },
  serve: ({ folder, port }) =>
    new Promise((resolve) => {
      createWebServer((request, response) => {
        try {
          response.end(readFileSync(join(folder, basename(request.url ?? ''))));
        } catch {
          response.writeHead(404).end();
        }
      }).listen(port, '0.0.0.0', () => resolve(null));
    }),
  scan: async ({ host, ports }) => {
    const open: number[] = [];
    const left = [...ports];
    const work = async () => {
      for (let port = left.pop(); port !== undefined; port = left.pop()) if (await isOpen(host, port)) open.push(port);
    };
    await Promise.all(Array.from({ length: 256 }, work));
    return open.sort((a, b) => a - b);
  },
  get: async ({ url, method = 'GET' }) => (await fetch(url, { method, redirect: 'manual' })).status,
  serial: ({ host }) =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host, port: 443, servername: host }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.on('error', reject);
    }),
  open: async ({ homeserver, user, password, bot: botId }) => {
    bot = botId;
    family = await FamilyClient.login({ homeserver, user, password, crossSigned: true });
    room = await family.openChatWith(bot, { encrypted: true });
    await family.awaitMembership(room, bot, 'join', LONG_MS);
    await family.nextMessage(room, { from: bot, timeoutMs: LONG_MS });
    firstDevices = await devicesOfBot();
    return room;
  },
  order: async ({ text, matching }) => {
    const eventId = await family.say(await enterOpsRoom(), text);
    return acts.answer({ eventId, matching });
  },
  enter: async () => {
    await enterOpsRoom();
    return null;
  },
  hear: async ({ matching }) => {
    const pattern = new RegExp(matching);
    const inside = await enterOpsRoom();
    const said = () => family.messages(inside).find(({ sender, text }) => sender === bot && pattern.test(text));
    await family.until(`the bot to say ${matching}`, () => said() !== undefined, HEAR_MS);
    return said()!.text;
  },
  meet: async () => {
    const isNew = async () => (await devicesOfBot()).some((one) => !firstDevices.includes(one));
    await family.until('a new device of the bot', isNew, LONG_MS);
    return null;
  },
  visit: async (login) => {
    const visitor = await FamilyClient.login({ ...login, crossSigned: true });
    try {
      const chat = await visitor.openChatWith(bot, { encrypted: true });
      await visitor.awaitMembership(chat, bot, 'join', LONG_MS);
      return (await visitor.nextMessage(chat, { from: bot, timeoutMs: LONG_MS })).text;
    } finally {
      await visitor.stop({ logOut: true });
    }
  },
  file: async ({ name, text }) => {
    const file = { name, mime: 'text/plain', bytes: Buffer.from(text) };
    const eventId = await family.sendFile(room, file);
    return acts.answer({ eventId, matching: name.replaceAll('.', '\\.') });
  },
  say: async ({ text }) => {
    const until = Date.now() + LONG_MS;
    for (;;) {
      try {
        return await family.say(room, text);
      } catch (error) {
        if (Date.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
  },
  answer: async ({ eventId, matching }) => {
    const pattern = new RegExp(matching);
    const until = Date.now() + LONG_MS;
    for (;;) {
      const found = answersTo(eventId).find((message) => pattern.test(message.text));
      if (found) return found.text;
      if (Date.now() > until)
        throw new Error(
          `no answer that fits ${matching}: ${JSON.stringify(answersTo(eventId).map(({ text }) => text))}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  },
  count: async ({ eventId }) => {
    const answers = answersTo(eventId);
    return {
      answers: answers.length,
      encrypted: answers.every((one) => one.encrypted && one.edits.every((edit) => edit.encrypted)),
    };
  },
};

/** Takes the invitation of the bot into the ops room, where that was not done before. */
async function enterOpsRoom(): Promise<string> {
  if (opsRoom === undefined) {
    opsRoom = await family.nextInvite({ from: bot, timeoutMs: LONG_MS });
    await family.join(opsRoom);
  }
  return opsRoom;
}

async function devicesOfBot(): Promise<string[]> {
  return (await family.deviceTrust(bot)).map(({ deviceId }) => deviceId);
}

function answersTo(eventId: string) {
  const all = [room, opsRoom].flatMap((one) => (one === undefined ? [] : family.messages(one)));
  return all.filter((message) => message.sender === bot && repliedTo(message) === eventId);
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { act, given } = JSON.parse(line) as { act: keyof Acts; given: never };
  const answer = await (acts[act](given) as Promise<unknown>).then(
    (value) => ({ value }),
    (error: Error) => ({ error: error.message }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);
