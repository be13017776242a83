/** A model's name in its parts. `host` undefined: the registry that the server asks by itself. */
export interface OllamaName {
  readonly host: string | undefined;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const PART = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const HOST = /^[A-Za-z0-9][A-Za-z0-9.-]*(:\d{1,5})?$/;

/** The name as Ollama reads it (types/model/name.go): `[host/][namespace/]model[:tag]`; undefined when it is none. */
export function ollamaName(text: string): OllamaName | undefined {
  const [, path = '', tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(text) ?? [];
  const [model = '', namespace = 'library', host, ...more] = path.split('/').reverse();
  const isWell = [model, namespace, tag].every((part) => PART.test(part)) && (host === undefined || HOST.test(host));
  return isWell && more.length === 0 ? { host, namespace, model, tag } : undefined;
}

/** What lies beside a model while a newer one is fetched and measured. Nobody is to answer with these. */
const BESIDE = { kept: 'kinkeeper-kept', trial: 'kinkeeper-trial' } as const;

/** Where the old one is kept, and where the newer one lies on trial. */
export function besideName({ model, tag }: OllamaName, which: keyof typeof BESIDE): string {
  return `${BESIDE[which]}/${model}:${tag}`;
}

/** Whether a name is one of these. */
export function isBeside(name: string): boolean {
  return Object.values(BESIDE).some((namespace) => name.startsWith(`${namespace}/`));
}
