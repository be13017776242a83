type Json = Record<string, unknown>;
type Signed = Json & { signatures?: Record<string, Record<string, string>> };
interface Device {
  keys?: Signed;
  oneTime: Map<string, unknown>;
  fallback: Map<string, unknown>;
  inbox: Json[];
}

/** The key half of a homeserver: what clients upload, ask for, claim and send each other. */
export class KeyServer {
  readonly #devices = new Map<string, Map<string, Device>>();
  readonly #identities = new Map<string, Record<string, Signed>>();
  readonly #transactions = new Set<string>();

  device(user: string, name: string): Device {
    const devices = this.#devices.get(user) ?? new Map<string, Device>();
    this.#devices.set(user, devices);
    const device = devices.get(name) ?? { oneTime: new Map(), fallback: new Map(), inbox: [] };
    devices.set(name, device);
    return device;
  }

  /** Takes a device's waiting to-device messages. */
  takeInbox(user: string, name: string): Json[] {
    return this.device(user, name).inbox.splice(0);
  }

  oneTimeCount(user: string, name: string): number {
    return this.device(user, name).oneTime.size;
  }

  handle(path: string, call: { user: string; device: string; body: Json }): Json {
    if (path === 'upload') return this.#upload(call);
    if (path === 'query') return this.#query(call.user, call.body);
    if (path === 'claim') return this.#claim(call.body);
    if (path === 'device_signing/upload') {
      this.#identities.set(call.user, { ...this.#identities.get(call.user), ...(call.body as Record<string, Signed>) });
      return {};
    }
    if (path === 'signatures/upload') return this.#sign(call.body as Record<string, Record<string, Signed>>);
    throw new Error(`no such key request: ${path}`);
  }

  sendToDevice(sender: string, message: { type: string; transaction: string; body: Json }): Json {
    const name = `${sender} ${message.type} ${message.transaction}`;
    if (this.#transactions.has(name)) return {};
    this.#transactions.add(name);
    const messages = message.body.messages as Record<string, Record<string, Json>>;
    for (const [user, devices] of Object.entries(messages)) {
      const names = Object.keys(devices).includes('*')
        ? [...(this.#devices.get(user)?.keys() ?? [])]
        : Object.keys(devices);
      for (const device of names) {
        const content = devices[device] ?? devices['*'];
        this.device(user, device).inbox.push({ sender, type: message.type, content });
      }
    }
    return {};
  }

  #upload({ user, device, body }: { user: string; device: string; body: Json }): Json {
    const stored = this.device(user, device);
    if (body.device_keys) stored.keys = body.device_keys as Signed;
    for (const [id, key] of Object.entries((body.one_time_keys ?? {}) as Json)) stored.oneTime.set(id, key);
    for (const [id, key] of Object.entries((body.fallback_keys ?? {}) as Json)) {
      stored.fallback.clear();
      stored.fallback.set(id, key);
    }
    return { one_time_key_counts: { signed_curve25519: stored.oneTime.size } };
  }

  #query(asker: string, body: Json): Json {
    const answer = { device_keys: {}, master_keys: {}, self_signing_keys: {}, user_signing_keys: {} } as Record<
      string,
      Json
    >;
    for (const user of Object.keys(body.device_keys as Json)) {
      const devices = [...(this.#devices.get(user) ?? [])].filter(([, device]) => device.keys);
      answer.device_keys![user] = Object.fromEntries(devices.map(([name, device]) => [name, device.keys]));
      const { master_key, self_signing_key, user_signing_key } = this.#identities.get(user) ?? {};
      if (master_key) answer.master_keys![user] = master_key;
      if (self_signing_key) answer.self_signing_keys![user] = self_signing_key;
      if (user_signing_key && user === asker) answer.user_signing_keys![user] = user_signing_key;
    }
    return { ...answer, failures: {} };
  }

  #claim(body: Json): Json {
    const claimed: Record<string, Record<string, Json>> = {};
    for (const [user, devices] of Object.entries(body.one_time_keys as Record<string, Json>)) {
      for (const name of Object.keys(devices)) {
        const device = this.device(user, name);
        const [first] = [...device.oneTime, ...device.fallback];
        if (!first) continue;
        device.oneTime.delete(first[0]);
        claimed[user] = { ...claimed[user], [name]: { [first[0]]: first[1] } };
      }
    }
    return { one_time_keys: claimed, failures: {} };
  }

  #sign(body: Record<string, Record<string, Signed>>): Json {
    for (const [user, signed] of Object.entries(body)) {
      for (const [id, object] of Object.entries(signed)) {
        const identity = this.#identities.get(user);
        const target =
          this.#devices.get(user)?.get(id)?.keys ??
          Object.values(identity ?? {}).find((key) => JSON.stringify(key.keys).includes(id));
        if (!target) continue;
        target.signatures ??= {};
        for (const [signer, signatures] of Object.entries(object.signatures ?? {})) {
          target.signatures[signer] = { ...target.signatures[signer], ...signatures };
        }
      }
    }
    return { failures: {} };
  }
}
