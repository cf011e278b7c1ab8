/** Data of an exported file: everything is in the page, and nothing is requested. */

import { filtered } from './rows.js';

/**
 * @param {import('./types.js').Exported} data
 * @returns {import('./types.js').Source}
 */
export function exported(data) {
  const missing = (/** @type {string} */ what) => Promise.reject(new Error(`This file does not contain ${what}.`));
  /**
   * @template T
   * @param {T | undefined} value
   * @param {string} what
   * @returns {Promise<T>}
   */
  const found = (value, what) => (value === undefined ? missing(what) : Promise.resolve(value));
  const needsServer = () => missing('this. Open the context with `swm view`');
  return {
    live: false,
    index: () => Promise.resolve(data.index),
    context: (id) => found(data.contexts[id], 'the context'),
    beliefs: (id, fact) => found(data.contexts[id]?.beliefs[fact], 'beliefs about this'),
    knowledge: (id, fact) => found(data.contexts[id]?.knowledge[fact], 'this fact'),
    run: (id) => found(data.runs[id], 'the run'),
    gains: () => Promise.resolve(data.gains),
    tables: (id) => found(data.tables[id], 'the tables of the run'),
    items: (run, query) =>
      found(data.rows[run], 'the items of the run').then((rows) =>
        filtered(rows, query.b === null ? null : data.rows[query.b] ?? [], query),
      ),
    item: async (run, index, b) => {
      const one = await found(
        data.items[run]?.[index],
        'the replies to this item. To include them, export the run with --items',
      );
      return { ...one, b: (b && data.items[b]?.[index]?.a) || null };
    },
    compare: (a, b) => found(data.comparisons[`${a} ${b}`], 'a comparison of these runs'),
    listen: () => () => {},
    branch: needsServer,
    goOn: needsServer,
    diff: needsServer,
    ask: needsServer,
  };
}
