/** Filter the item rows of an exported file. The server does the same in `viewer/index.py`. */

/**
 * @typedef {import('./types.js').Exported['rows'][string]} Rows
 * @typedef {import('./types.js').ItemRow} ItemRow
 * @typedef {import('./types.js').ItemFilter} ItemFilter
 * @typedef {import('./types.js').Verdict} Verdict
 */

const FAILED = new Set(['refused', 'unparsable', 'error']);

/**
 * Return whether there is no answer.
 *
 * @param {Verdict | null} verdict
 */
export const failed = (verdict) => verdict !== null && FAILED.has(verdict[0]);

/**
 * Return whether an answer counts as correct: true or false, or null if it is not scored. A failure counts as wrong.
 *
 * @param {Verdict | null} verdict
 * @returns {boolean | null}
 */
const correct = (verdict) => (verdict === null ? null : failed(verdict) ? false : verdict[2]);

/** @type {Record<ItemFilter, (a: Verdict | null, b: Verdict | null, two: boolean) => boolean>} */
const FILTERS = {
  all: () => true,
  a: (a, b) => correct(a) === true && correct(b) === false,
  b: (a, b) => correct(a) === false && correct(b) === true,
  wrong: (a, b, two) => correct(a) === false && (!two || correct(b) === false),
  fail: (a, b) => failed(a) || failed(b),
};
const NAMES = /** @type {ItemFilter[]} */ (Object.keys(FILTERS));

/**
 * @param {Rows[number]} row
 * @param {Verdict | null} b
 * @param {string} words
 */
const contains = ([index, question, gold, , , a], b, words) =>
  [index, question, gold, a[1], b?.[1]].some((text) => text?.toLowerCase().includes(words));

/**
 * @param {Rows} a
 * @param {Rows | null} b
 * @param {import('./types.js').ItemQuery} query
 * @returns {import('./types.js').ItemPage}
 */
export function filtered(a, b, { f, q, offset, limit }) {
  const beside = new Map((b ?? []).map((row) => [row[0], row[5]]));
  const words = q.trim().toLowerCase();
  const counts = { all: 0, a: 0, b: 0, wrong: 0, fail: 0 };
  /** @type {ItemRow[]} */
  const rows = [];
  for (const row of a) {
    const other = beside.get(row[0]) ?? null;
    if (words && !contains(row, other, words)) continue;
    for (const name of NAMES) if (FILTERS[name](row[5], other, b !== null)) counts[name] += 1;
    if (!FILTERS[f](row[5], other, b !== null) || counts[f] <= offset || rows.length >= limit) continue;
    const [index, question, gold, asks, order, verdict] = row;
    rows.push({ index, question, gold, asks, order, a: verdict, b: other });
  }
  return { total: counts[f], counts, rows };
}
