import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neighbours } from '../src/item/neighbours.js';
import { marked, separate } from '../src/item/reply.js';

/** @typedef {import('../src/lib/types.js').Source} Source */

/**
 * Return a source whose list has this many items, "0", "1" and so on, and the sizes of the pages that were requested.
 *
 * @param {number} size
 */
function listOf(size) {
  const items = Array.from({ length: size }, (_, place) => ({ index: `${place}` }));
  /** @type {number[]} */
  const limits = [];
  const source = /** @type {Source} */ (
    /** @type {unknown} */ ({
      items: async (/** @type {string} */ _run, /** @type {{offset: number, limit: number}} */ { offset, limit }) => {
        limits.push(limit);
        return { total: size, counts: {}, rows: items.slice(offset, offset + limit) };
      },
    })
  );
  return { source, limits };
}

const QUERY = { f: /** @type {const} */ ('all'), q: '', b: null };
/** @param {number} place @param {number} size */
const beside = (place, size) => (place < 0 || place >= size ? null : { item: `${place}`, at: place });

test('an item has the neighbours of the list, wherever the address believes it to be', async () => {
  for (const size of [1, 2, 3, 199, 200, 201, 398, 450])
    for (const place of new Set([0, 1, size - 2, size - 1, 197, 198, 199, 200, 201].filter((one) => one >= 0 && one < size)))
      for (const hint of [place, place + 1, Math.max(0, place - 1), 0, size, 10_000]) {
        const found = await neighbours(listOf(size).source, 'r1', `${place}`, QUERY, hint);
        const expected = { previous: beside(place - 1, size), next: beside(place + 1, size), at: place, total: size };
        assert.deepEqual(found, expected, `${place} of ${size}, expected at ${hint}`);
      }
});

test('with the right place, three rows are requested', async () => {
  const { source, limits } = listOf(10_000);
  await neighbours(source, 'r1', '7000', QUERY, 7000);
  assert.deepEqual(limits, [3]);
});

test('an item that is not in the list has no neighbours', async () => {
  assert.equal(await neighbours(listOf(300).source, 'r1', 'x', QUERY, 5), null);
  assert.equal(await neighbours(listOf(0).source, 'r1', '0', QUERY, 0), null);
});

/** @param {Partial<import('../src/lib/types.js').ItemResult>} parts */
const result = (parts) =>
  /** @type {import('../src/lib/types.js').ItemResult} */ ({ raw: null, response: null, span: null, ...parts });

test('the answer is marked in the raw reply, after the reasoning', () => {
  const reply = marked(result({ raw: 'box? No. Answer: box', response: 'Answer: box', span: [8, 11] }));
  assert.deepEqual(reply, ['box? No. Answer: ', 'box', '']);
});

test('a reply without a place of the answer is shown as it is', () => {
  assert.deepEqual(marked(result({ raw: 'I cannot tell.', response: 'I cannot tell.' })), ['I cannot tell.', '', '']);
  assert.deepEqual(marked(result({ response: 'box', span: [0, 3] })), ['', 'box', '']);
  assert.equal(marked(result({})), null);
});

test('a reply that is not verbatim in the raw reply is shown for itself, and the raw reply has no mark', () => {
  const one = result({ raw: '{"answer": "b\\u006fx"}', response: 'box', span: [0, 3] });
  assert.deepEqual(marked(one), ['{"answer": "b\\u006fx"}', '', '']);
  assert.deepEqual(separate(one), ['', 'box', '']);
  assert.equal(separate(result({ raw: 'a box', response: 'box', span: [0, 3] })), null);
});
