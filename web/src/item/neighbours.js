/** The previous and the next item of the filtered list. */

const PAGE = 200;

/**
 * @typedef {import('../lib/types.js').ItemFilter} ItemFilter
 * @typedef {{item: string, at: number}} Place
 * @typedef {{previous: Place | null, next: Place | null, at: number, total: number}} Neighbours
 */

/**
 * Return the neighbours of an item; null if the item is not in the list.
 *
 * @param {import('../lib/types.js').Source} source
 * @param {string} run
 * @param {string} item
 * @param {{f: ItemFilter, q: string, b: string | null}} query
 * @param {number} hint place of the item in the list when the list was shown. If the item is elsewhere now, the list is
 *   read page by page.
 * @returns {Promise<Neighbours | null>}
 */
export async function neighbours(source, run, item, query, hint) {
  const start = Math.max(0, hint - 1);
  let page = await source.items(run, { ...query, offset: start, limit: hint - start + 2 });
  let found = around(page, start, item);
  for (let offset = 0; !found && offset < page.total; offset += PAGE - 2) {
    page = await source.items(run, { ...query, offset, limit: PAGE });
    found = around(page, offset, item);
  }
  return found;
}

/**
 * Return the neighbours of an item on a page; null if the item or one of its neighbours is not on this page.
 *
 * @param {import('../lib/types.js').ItemPage} page
 * @param {number} offset
 * @param {string} item
 * @returns {Neighbours | null}
 */
function around(page, offset, item) {
  const at = page.rows.findIndex((row) => row.index === item);
  if (at < 0) return null;
  /** @param {number} place */
  const beside = (place) => (page.rows[place] ? { item: page.rows[place].index, at: offset + place } : null);
  const found = { previous: beside(at - 1), next: beside(at + 1), at: offset + at, total: page.total };
  return (found.previous || !found.at) && (found.next || found.at + 1 === found.total) ? found : null;
}
