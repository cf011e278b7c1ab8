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
 * Return the id of the context from which a branch was made, directly or by other branches. The context of an item is in
 * no list.
 *
 * @param {ContextEntry[]} contexts
 * @param {string} id
 * @param {string} [missing] id of a context that no longer exists; its branches are roots
 */
export function rootOf(contexts, id, missing) {
  const parents = new Map(contexts.map((one) => [one.id, one.parent]));
  let root = id;
  for (let left = contexts.length; left; left -= 1) {
    const parent = parents.get(root);
    if (parent !== missing) root = parent ?? root;
  }
  return root;
}

/**
 * Return the entry of a context that is in no list.
 *
 * @param {Context} context
 * @returns {ContextEntry}
 */
export const entryOf = ({ id, title, agents, steps }) => ({
  id,
  title,
  agents: agents.length,
  steps: steps.length,
  issues: [0, 0],
});

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
