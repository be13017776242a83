import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The largest of a model's files. */
export const WEIGHTS = 'onnx/model_quantized.onnx';

const SMALL: readonly (readonly [string, Buffer])[] = [
  ['config.json', Buffer.from('{"a":1}')],
  ['tokenizer.json', Buffer.from('{}')],
  ['tokenizer_config.json', Buffer.from('{}')],
  [WEIGHTS, Buffer.alloc(3_000_000, 'weights ')],
];

/** A file server as a hub of models; `asked` lists what was fetched, `cutAfter` breaks the connection of the weights once after so many bytes. */
export interface ModelHub extends Disposable {
  readonly url: string;
  readonly files: Map<string, Buffer>;
  readonly asked: string[];
  cutAfter: number;
  hasRange: boolean;
}

/** Serves one repository with Range and ETag; files of no use but their bytes unless others are given. */
export async function modelHub(repository: string, files = SMALL): Promise<ModelHub> {
  const server = createServer((request, response) => {
    const file = decodeURIComponent(request.url ?? '').replace(`/hub/${repository}/resolve/main/`, '');
    const bytes = hub.files.get(file);
    hub.asked.push(`${file} ${request.headers.range ?? 'whole'}`);
    if (!bytes) return void response.writeHead(404).end();
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`;
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isRest = from > 0 && hub.hasRange && request.headers['if-range'] === etag;
    const body = isRest ? bytes.subarray(from) : bytes;
    response.writeHead(isRest ? 206 : 200, { etag, 'content-length': body.length });
    if (file !== WEIGHTS || hub.cutAfter === 0) return void response.end(body);
    response.write(body.subarray(0, hub.cutAfter), () => setImmediate(() => response.destroy()));
    hub.cutAfter = 0;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const hub: ModelHub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub/`,
    files: new Map(files),
    asked: [],
    cutAfter: 0,
    hasRange: true,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
  return hub;
}
