#!/usr/local/bin/node
// Answers the paths of Ollama that matter for who may reach what. Words nothing: the answers of models are tested elsewhere, with a real one.
import { createServer, request } from 'node:http';

const port = Number(process.env.OLLAMA_HOST.split(':').at(-1));
if (process.argv[2] === 'list') {
  request({ port, path: '/api/tags' }, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1))
    .on('error', () => process.exit(1))
    .end();
} else {
  createServer((asked, answer) => {
    const isTags = asked.url === '/api/tags';
    answer
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(isTags ? { models: [] } : { path: asked.url }));
  }).listen(port, '0.0.0.0');
  process.on('SIGTERM', () => process.exit(0));
}
