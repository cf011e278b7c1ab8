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
  const near = await source.items(run, { ...query, offset: start, limit: hint - start + 2 });
  const found = around(near, start, item);
  if (found && (found.next || found.at + 1 === near.total)) return found;
  for (let offset = 0; offset < near.total; offset += PAGE - 2) {
    const page = await source.items(run, { ...query, offset, limit: PAGE });
    const place = around(page, offset, item);
    if (place && (place.next || place.at + 1 === page.total)) return place;
  }
  return null;
}

/**
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
  return { previous: beside(at - 1), next: beside(at + 1), at: offset + at, total: page.total };
}
