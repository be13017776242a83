/** What a model wants in front of questions and of passages. */
export interface TextPrefix {
  readonly question: string;
  readonly passage: string;
}

const PLAIN: TextPrefix = { question: '', passage: '' };

/**
 * Prefixes that a model was trained with, by its name (model cards of intfloat/multilingual-e5 and
 * nomic-ai/nomic-embed-text): without them its vectors are noticeably worse. None for models not known to want any.
 * Called by every embedder.
 */
export function prefixFor(model: string): TextPrefix {
  if (/(?:^|[^a-z0-9])e5(?:[^a-z0-9]|$)/i.test(model) && !/instruct/i.test(model)) {
    return { question: 'query: ', passage: 'passage: ' };
  }
  if (/nomic-embed/i.test(model)) return { question: 'search_query: ', passage: 'search_document: ' };
  return PLAIN;
}
