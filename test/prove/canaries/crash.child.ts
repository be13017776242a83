import { buffer } from 'node:stream/consumers';
import { turnCoreDumpsOff } from '../../../core/core-dumps.ts';

// Takes private words into memory, as the bot does, and crashes as a broken native module would.
if (!turnCoreDumpsOff()) process.exit(3);
const words = await buffer(process.stdin);
process.kill(process.pid, 'SIGSEGV');
setInterval(() => words.length, 1000);
