/** The list of contexts. */

/**
 * Return the contexts that a list shows: no contexts of items, and no branches.
 *
 * @param {import('./types.js').ContextEntry[]} contexts
 */
export const listedContexts = (contexts) => contexts.filter((one) => !one.of_item && !one.parent);
