/** The address of the page: `#/context/c1?step=14&chain=Charlotte>Evelyn`. Every state that is worth sending is in it. */

/** @type {{parts: string[], query: URLSearchParams}} */
const initial = { parts: [], query: new URLSearchParams() };
let now = $state.raw(initial);

function read() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  now = { parts: path.split('/').filter(Boolean).map(decoded), query: new URLSearchParams(query) };
}

/**
 * Return a part of an address without its escapes. A part with a broken escape stays as it is.
 *
 * @param {string} part
 */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Follow the address from now on; returns a function that stops. */
export function follow() {
  read();
  addEventListener('hashchange', read);
  return () => removeEventListener('hashchange', read);
}

export const route = {
  get parts() {
    return now.parts;
  },
  get query() {
    return now.query;
  },
};

/**
 * Return the address of a page.
 *
 * @param {string[]} parts
 * @param {Record<string, string | number | null | undefined>} [query]
 */
export function address(parts, query = {}) {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value != null && value !== '') words.set(name, String(value));
  const path = parts.map(encodeURIComponent).join('/');
  return `#/${path}${words.size ? `?${words}` : ''}`;
}

/**
 * Change the query of the present page without a new entry in the history. Null removes a name.
 *
 * @param {Record<string, string | number | null>} changes
 */
export function replaceQuery(changes) {
  const query = Object.fromEntries(now.query);
  history.replaceState(null, '', address(now.parts, { ...query, ...changes }));
  read();
}
