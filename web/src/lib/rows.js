/** Filter the item rows of an exported file. The server does the same in `viewer/index.py`. */

/**
 * @typedef {import('./types.js').Exported['rows'][string]} Rows
 * @typedef {import('./types.js').ItemRow} ItemRow
 */

const FAILED = new Set(['refused', 'unparsable', 'error']);

/**
 * Return whether there is no answer.
 *
 * @param {import('./types.js').Verdict | null} verdict
 */
export const failed = (verdict) => verdict !== null && FAILED.has(verdict[0]);

/**
 * Return whether an answer counts as correct: true or false, or null if it is not scored. A failure counts as wrong.
 *
 * @param {import('./types.js').Verdict | null} verdict
 * @returns {boolean | null}
 */
const correct = (verdict) => (verdict === null ? null : failed(verdict) ? false : verdict[2]);

/** @type {Record<import('./types.js').ItemFilter, (row: ItemRow, two: boolean) => boolean>} */
const FILTERS = {
  all: () => true,
  a: (row) => correct(row.a) === true && correct(row.b) === false,
  b: (row) => correct(row.a) === false && correct(row.b) === true,
  wrong: (row, two) => correct(row.a) === false && (!two || correct(row.b) === false),
  fail: (row) => failed(row.a) || failed(row.b),
};

/**
 * @param {Rows} a
 * @param {Rows | null} b
 * @param {import('./types.js').ItemQuery} query
 * @returns {import('./types.js').ItemPage}
 */
export function filtered(a, b, query) {
  const beside = new Map((b ?? []).map((row) => [row[0], row[5]]));
  const rows = a.map(([index, question, gold, asks, order, verdict]) => ({
    index,
    question,
    gold,
    asks,
    order,
    a: verdict,
    b: beside.get(index) ?? null,
  }));
  const words = query.q.trim().toLowerCase();
  const matching = rows.filter(
    (row) =>
      !words ||
      [row.index, row.question, row.gold, row.a?.[1], row.b?.[1]].some((text) => text?.toLowerCase().includes(words)),
  );
  const two = b !== null;
  const names = /** @type {import('./types.js').ItemFilter[]} */ (Object.keys(FILTERS));
  const counts = Object.fromEntries(names.map((name) => [name, matching.filter((row) => FILTERS[name](row, two)).length]));
  const kept = matching.filter((row) => FILTERS[query.f](row, two));
  return {
    total: kept.length,
    counts: /** @type {import('./types.js').ItemPage['counts']} */ (counts),
    rows: kept.slice(query.offset, query.offset + query.limit),
  };
}
