/** The tree of branches, and contexts that are requested once. */

/**
 * @typedef {import('../lib/types.js').Context} Context
 * @typedef {import('../lib/types.js').ContextEntry} ContextEntry
 */

/**
 * Return a function that requests a context once.
 *
 * @param {import('../lib/types.js').Source} source
 * @returns {(id: string) => Promise<Context>}
 */
export function once(source) {
  /** @type {Map<string, Promise<Context>>} */
  const known = new Map();
  return (id) => {
    const found = known.get(id) ?? source.context(id);
    known.set(id, found);
    return found;
  };
}

/**
 * Return the context from which a branch was made, directly or by other branches.
 *
 * @param {ContextEntry[]} contexts
 * @param {string} id
 * @returns {ContextEntry | undefined}
 */
export function rootOf(contexts, id) {
  const by = new Map(contexts.map((one) => [one.id, one]));
  let found = by.get(id);
  for (let left = contexts.length; left && found?.parent && by.has(found.parent); left -= 1)
    found = by.get(found.parent);
  return found;
}

/**
 * Return a context and all branches below it, parents first.
 *
 * @param {ContextEntry[]} contexts
 * @param {string} root
 * @returns {ContextEntry[]}
 */
export function below(contexts, root) {
  const found = contexts.filter(({ id }) => id === root);
  for (const one of found) found.push(...contexts.filter(({ id, parent }) => parent === one.id && id !== root));
  return found;
}
