/** Data from the server of `swm view`. */

const KEY = 'swm-token';

/**
 * Move the token from the address into the storage of this tab, so that copied addresses do not hold it.
 *
 * @returns {string}
 */
function token() {
  const given = /^#token=([\w-]+)(.*)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem(KEY, given[1]);
    history.replaceState(null, '', `${location.pathname}#${given[2] || '/'}`);
  }
  return sessionStorage.getItem(KEY) ?? '';
}

/**
 * @returns {import('./types.js').Source}
 */
export function server() {
  const headers = { 'x-swm-token': token() };

  /**
   * @param {string} path
   * @param {Record<string, unknown>} [query]
   * @returns {Promise<any>}
   */
  function get(path, query = {}) {
    const words = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== null && value !== '') words.set(name, `${value}`);
    return answer(`/api/${path}${words.size ? `?${words}` : ''}`, {});
  }

  /**
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<any>}
   */
  function post(path, body) {
    return answer(`/api/${path}`, { method: 'POST', body: JSON.stringify(body), type: 'application/json' });
  }

  /**
   * @param {string} address
   * @param {{method?: string, body?: string, type?: string}} given
   * @returns {Promise<any>}
   */
  async function answer(address, { method = 'GET', body, type }) {
    const reply = await fetch(address, {
      method,
      body,
      headers: type ? { ...headers, 'content-type': type } : headers,
    }).catch(() => {
      throw new Error('The server does not answer. Start `swm view` again.');
    });
    const data = await reply.json().catch(() => ({}));
    if (!reply.ok) throw new Error(data.error ?? `The server answered with status ${reply.status}.`);
    return data;
  }

  const part = encodeURIComponent;
  return {
    live: true,
    index: () => get('index'),
    context: (id) => get(`contexts/${part(id)}`),
    beliefs: async (id, fact, chain) => (await get(`contexts/${part(id)}/beliefs`, { fact, chain: chain.join(',') })).chains,
    knowledge: async (id, fact) => (await get(`contexts/${part(id)}/knowledge`, { fact })).changes,
    run: (id) => get(`runs/${part(id)}`),
    gains: () => get('gains'),
    tables: (id) => get(`runs/${part(id)}/tables`),
    items: (run, query) => get(`runs/${part(run)}/items`, { ...query }),
    item: (run, index, b) => get(`runs/${part(run)}/item`, { index, b }),
    compare: (a, b) => get('compare', { a, b }),
    listen: (on) => listen(headers, on),
    branch: (injection) => post('branches', injection),
    goOn: (id, steps, dryRun) => post(`branches/${part(id)}/steps`, { steps, dry_run: dryRun }),
    diff: (a, b) => get('diff', { a, b }),
    ask: (id, question, agent, byModel) => post('ask', { context: id, question, agent, by_model: byModel }),
  };
}

/**
 * Read server-sent events. `EventSource` cannot send the token as a header, so the stream is read by `fetch`.
 *
 * @param {Record<string, string>} headers
 * @param {(event: import('./types.js').LiveEvent) => void} on
 * @returns {() => void}
 */
function listen(headers, on) {
  const stop = new AbortController();
  let last = '';

  async function read() {
    const reply = await fetch('/api/live', {
      headers: last ? { ...headers, 'last-event-id': last } : headers,
      signal: stop.signal,
    });
    if (!reply.ok || !reply.body) throw new Error(`status ${reply.status}`);
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split('\n\n');
      rest = blocks.pop() ?? '';
      blocks.forEach(take);
    }
  }

  /** @param {string} block */
  function take(block) {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s)));
    if (fields.id) last = fields.id;
    if (fields.event) on({ event: fields.event, data: JSON.parse(fields.data ?? 'null') });
  }

  (async () => {
    while (!stop.signal.aborted) {
      await read().catch(() => {});
      await new Promise((resume) => setTimeout(resume, 2000));
    }
  })();
  return () => stop.abort();
}
