// Downloads and opens one attachment and says by how many bytes the process grew at its peak. Arguments: url, content as JSON.
import { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { encryptedFileOf, fetchAttachment } from '../../../bot/matrix/media.ts';

const [url, content] = process.argv.slice(2) as [string, string];
const homeserver = new Homeserver(url, new AbortController().signal, '@kin:home.test|D');
const file = encryptedFileOf(JSON.parse(content) as Record<string, unknown>)!;
// Once small, so that the network code is in memory already.
await homeserver.download('mxc://home.test/small', 100);
const before = process.resourceUsage().maxRSS * 1024;
const bytes = await fetchAttachment(homeserver, file, 1 << 30);
process.stdout.write(JSON.stringify({ size: bytes.length, growth: process.resourceUsage().maxRSS * 1024 - before }));
