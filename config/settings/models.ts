import type { Setting } from '../setting.ts';
import { choice, count, nearUrl, path, secretFile, text, url } from '../setting-types.ts';

/** The models that find and that word answers. */
export const modelSettings = {
  'embedding.kind': {
    type: choice(['auto', 'none', 'transformers', 'ollama', 'openai']),
    fallback: 'auto',
    meaning: 'Dense vectors. none: the built-in signals only. auto: the best that is there',
  },
  'embedding.url': {
    type: url,
    only: ['ollama', 'openai'],
    required: true,
    example: 'http://127.0.0.1:11434',
    meaning: 'Address of the embedding server',
  },
  'embedding.model': {
    type: text,
    only: ['transformers', 'ollama', 'openai'],
    required: true,
    example: 'multilingual-e5-small',
    meaning: 'Name of the embedding model',
  },
  'embedding.modelsDir': {
    type: path,
    only: ['auto', 'transformers'],
    fallback: './models',
    meaning: 'Folder of local models, one folder per model',
  },
  'embedding.downloadUrl': {
    type: nearUrl,
    only: ['auto', 'transformers'],
    example: 'https://huggingface.co',
    meaning:
      'Model hub that a model missing from the folder is downloaded from, once. Left out: nothing is ever downloaded',
  },
  'embedding.apiKeyFile': {
    type: secretFile,
    only: ['openai'],
    credential: 'embedding-api-key',
    example: './secrets/embedding-api-key',
    meaning: 'File with the key of the embedding server',
  },
  'answering.kind': {
    type: choice(['auto', 'extractive', 'ollama', 'openai']),
    fallback: 'auto',
    meaning: 'Who words the answers. extractive: the passages themselves. auto: the best that is there',
  },
  'answering.url': {
    type: url,
    only: ['ollama', 'openai'],
    required: true,
    example: 'http://127.0.0.1:11434',
    meaning: 'Address of the language model’s server',
  },
  'answering.model': {
    type: text,
    only: ['ollama', 'openai'],
    required: true,
    example: 'qwen3:4b',
    meaning: 'Name of the language model',
  },
  'answering.apiKeyFile': {
    type: secretFile,
    only: ['openai'],
    credential: 'answering-api-key',
    example: './secrets/answering-api-key',
    meaning: 'File with the key of the language model’s server',
  },
  'answering.contextTokens': {
    type: count('tokens', 1024, 1_048_576),
    only: ['ollama', 'openai'],
    fallback: 8192,
    meaning: 'Context that question, passages and answer may fill together',
  },
} as const satisfies Record<string, Setting>;
