import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, filtered } from '../src/lib/rows.js';

/**
 * @typedef {import('../src/lib/types.js').Verdict} Verdict
 * @typedef {Parameters<typeof filtered>[0]} Rows
 */

/** @type {Record<string, Verdict>} */
const VERDICTS = {
  right: ['answered', 'blue_crate', true],
  wrong: ['answered', 'red_box', false],
  unscored: ['answered', 'no idea', null],
  refused: ['refused', null, null],
  unparsable: ['unparsable', null, false],
  error: ['error', null, null],
};
const NAMES = Object.keys(VERDICTS);

/**
 * Return one row for each verdict.
 *
 * @param {string[]} names
 * @param {string} [question]
 * @returns {Rows}
 */
const rowsOf = (names, question = 'Where is the ball?') =>
  names.map((name, place) => [`${place}`, question, 'blue_crate', 'belief', 1, VERDICTS[name]]);

/** @param {Partial<import('../src/lib/types.js').ItemQuery>} [query] */
const asked = (query) => ({ f: /** @type {const} */ ('all'), q: '', offset: 0, limit: 1000, b: null, ...query });

/** Every verdict of A beside every verdict of B. */
const PAIRS = NAMES.flatMap((a) => NAMES.map((b) => ({ a, b })));
const A = rowsOf(PAIRS.map(({ a }) => a));
const B = rowsOf(PAIRS.map(({ b }) => b));

/** @param {import('../src/lib/types.js').ItemFilter} f */
const pairs = (f) => filtered(A, B, asked({ f })).rows.map(({ index }) => PAIRS[Number(index)]);
const isWrong = (/** @type {string} */ name) => !['right', 'unscored'].includes(name);

test('a reply that is refused, not readable or missing is a failure', () => {
  assert.deepEqual(NAMES.filter((name) => failed(VERDICTS[name])), ['refused', 'unparsable', 'error']);
  assert.equal(failed(null), false);
});

test('a failure counts as wrong, also where it was not scored', () => {
  const { rows } = filtered(rowsOf(NAMES), null, asked({ f: 'wrong' }));
  assert.deepEqual(rows.map(({ index }) => NAMES[Number(index)]), ['wrong', 'refused', 'unparsable', 'error']);
});

test('an item that only one run answers correctly is in the list of this run', () => {
  assert.deepEqual(pairs('a'), PAIRS.filter(({ a, b }) => a === 'right' && isWrong(b)));
  assert.deepEqual(pairs('b'), PAIRS.filter(({ a, b }) => isWrong(a) && b === 'right'));
});

test('with two runs, an item is wrong if both runs are wrong', () => {
  assert.deepEqual(pairs('wrong'), PAIRS.filter(({ a, b }) => isWrong(a) && isWrong(b)));
});

test('an item of two runs is a failure if one of them failed', () => {
  const fails = (/** @type {string} */ name) => failed(VERDICTS[name]);
  assert.deepEqual(pairs('fail'), PAIRS.filter(({ a, b }) => fails(a) || fails(b)));
});

test('an item that run B does not have is neither correct nor wrong there', () => {
  const { rows, counts } = filtered(rowsOf(['right', 'wrong']), [], asked());
  assert.deepEqual(rows.map(({ b }) => b), [null, null]);
  assert.deepEqual(counts, { all: 2, a: 0, b: 0, wrong: 0, fail: 0 });
});

test('runs are joined by the index of the item, not by its place', () => {
  const reversed = rowsOf(['right', 'wrong', 'error']).reverse();
  const { rows } = filtered(rowsOf(['wrong', 'wrong', 'wrong']), reversed, asked());
  assert.deepEqual(rows.map(({ b }) => b), [VERDICTS.right, VERDICTS.wrong, VERDICTS.error]);
});

test('each count is the number of rows of its filter', () => {
  for (const [b, q] of /** @type {const} */ ([[B, ''], [B, 'red'], [null, ''], [null, 'RED ']])) {
    const { counts } = filtered(A, b, asked({ q }));
    for (const f of /** @type {const} */ (['all', 'a', 'b', 'wrong', 'fail']))
      assert.equal(filtered(A, b, asked({ f, q })).total, counts[f], `${f} ${q}`);
  }
});

test('find looks into index, question, gold and both answers, without regard to case', () => {
  const row = /** @type {Rows} */ ([['17', 'Where is Ann?', 'Garden', 'place', 0, ['answered', 'Attic', false]]]);
  const other = /** @type {Rows} */ ([['17', 'Where is Ann?', 'Garden', 'place', 0, ['answered', 'Cellar', false]]]);
  const found = (/** @type {string} */ q) => filtered(row, other, asked({ q })).total;
  for (const q of ['17', 'where IS', 'garden', 'attic', ' CELLAR ']) assert.equal(found(q), 1, q);
  for (const q of ['place', 'answered', 'Bob']) assert.equal(found(q), 0, q);
});

test('a page holds the rows from its offset on, and the total of all pages', () => {
  const { total, rows } = filtered(A, B, asked({ offset: 30, limit: 4 }));
  assert.equal(total, A.length);
  assert.deepEqual(rows.map(({ index }) => index), ['30', '31', '32', '33']);
  assert.deepEqual(filtered(A, B, asked({ offset: A.length })).rows, []);
});
