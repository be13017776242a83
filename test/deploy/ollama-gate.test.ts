import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { fillTemplate } from '../../core/fill-template.ts';
import { freePort } from '../lab/python-child.ts';
import { listen } from '../listen.ts';
import { PATIENCE_MS } from '../patience.ts';
import { DEPLOY, hasNginx } from './door.ts';

// config/deploy/nginx/ollama.conf in a real nginx: what goes through is named, all else is refused.

if (!hasNginx) console.log('Left out: nginx is not here, so the gate in front of Ollama is not tried.');

describe.runIf(hasNginx)('the gate in front of Ollama', () => {
  let dir: string;
  let nginx: ChildProcess;
  let ollama: Server;
  let url: string;
  const asked: string[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kinkeeper-gate-'));
    mkdirSync(join(dir, 'cache'));
    ollama = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.end('ollama'));
    });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const conf = fillTemplate(readFileSync(join(DEPLOY, 'nginx/ollama.conf'), 'utf8'), { resolver: '127.0.0.1' })
      .replace('listen 11434', `listen 127.0.0.1:${port}`)
      .replace('http://ollama-server:11434', `http://127.0.0.1:${await listen(ollama)}`)
      .replaceAll('/var/cache/nginx', join(dir, 'cache'))
      .replace('/tmp/nginx.pid', join(dir, 'pid'));
    writeFileSync(join(dir, 'nginx.conf'), `user root;\n${conf}`);
    nginx = spawn('nginx', ['-c', join(dir, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'ignore' });
    await vi.waitFor(async () => expect((await fetch(`${url}/gate`)).status).toBe(204), { timeout: PATIENCE_MS });
  });
  afterAll(async () => {
    nginx?.kill();
    if (nginx && nginx.exitCode === null) await once(nginx, 'exit');
    ollama?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each([
    ...[
      'POST /api/chat',
      'POST /api/generate',
      'POST /api/embed',
      'GET /api/tags',
      'POST /api/show',
      'GET /api/ps',
      'GET /api/version',
    ],
    ...['POST /v1/chat/completions', 'POST /v1/embeddings', 'GET /v1/models'],
  ])('asking goes through: %s', async (line) => {
    const [method, path] = line.split(' ') as [string, string];
    const answer = await fetch(url + path, { method, ...(method === 'POST' && { body: '{}' }) });
    expect([answer.status, await answer.text(), asked.at(-1)]).toEqual([200, 'ollama', line]);
  });

  test.each([
    ...[
      'POST /api/pull',
      'POST /api/push',
      'POST /api/create',
      'POST /api/copy',
      'DELETE /api/delete',
      'POST /api/blobs/sha256:00',
    ],
    ...[
      'POST /api/signout',
      'POST /api/me',
      'POST /api/chat/../pull',
      'POST /api/%70ull',
      'POST /api/pull%2f..%2fchat',
      'POST //api/pull',
      'POST /API/pull',
      'GET /debug/pprof',
      'POST /api/web_search',
    ],
  ])('changing models, and all else, does not: %s', async (line) => {
    const [method, path] = line.split(' ') as [string, string];
    const before = asked.length;
    expect((await fetch(url + path, { method })).status).toBe(403);
    expect(asked).toHaveLength(before);
  });
});
