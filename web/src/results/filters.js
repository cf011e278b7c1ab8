/** The filters of items. */

/** @typedef {import('../lib/types.js').ItemFilter} ItemFilter */

/** @type {[ItemFilter, string][]} */
const ALONE = [
  ['all', 'All'],
  ['wrong', 'Wrong'],
  ['fail', 'Failures'],
];

/** @type {[ItemFilter, string][]} */
const PAIRED = [
  ['all', 'All'],
  ['a', 'Only A correct'],
  ['b', 'Only B correct'],
  ['wrong', 'Both wrong'],
  ['fail', 'Failures'],
];

/** @param {boolean} two whether there is a run B */
export const filters = (two) => (two ? PAIRED : ALONE);

/**
 * Return the part of an address for a list of items. The address does not name the usual filter.
 *
 * @param {ItemFilter} f
 * @param {string} q
 */
export const inAddress = (f, q) => ({ f: f === 'all' ? null : f, q });

/**
 * Return the filter with this name. If there is no such filter, all items are shown.
 *
 * @param {string | null} name
 * @param {boolean} two
 * @returns {ItemFilter}
 */
export const filterOf = (name, two) => filters(two).find(([known]) => known === name)?.[0] ?? 'all';
