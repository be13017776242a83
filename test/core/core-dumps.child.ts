import { turnCoreDumpsOff } from '../../core/core-dumps.ts';

// Crashes as a broken native module would. Argument: "off" turns core dumps off first.
if (process.argv[2] === 'off' && !turnCoreDumpsOff()) process.exit(3);
process.kill(process.pid, 'SIGSEGV');
setInterval(() => {}, 1000);
