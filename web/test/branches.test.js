import assert from 'node:assert/strict';
import { test } from 'node:test';
import { below, entryOf, once, rootOf } from '../src/branches/contexts.js';
import { endInWords, steps, tracks } from '../src/branches/difference.js';

/**
 * @typedef {import('../src/lib/types.js').Context} Context
 * @typedef {import('../src/lib/types.js').ContextEntry} ContextEntry
 */

/** @param {string} id @param {string} [parent] */
const entry = (id, parent) =>
  /** @type {ContextEntry} */ ({ id, title: id, agents: 2, steps: 1, issues: [0, 0], ...(parent ? { parent } : {}) });
const ENTRIES = [entry('c1'), entry('b2', 'b1'), entry('b1', 'c1'), entry('c2'), entry('b3', 'c1'), entry('b4', 'gone')];

test('the root of a branch is the context from which it was made', () => {
  assert.equal(rootOf(ENTRIES, 'b2'), 'c1');
  assert.equal(rootOf(ENTRIES, 'c2'), 'c2');
  assert.equal(rootOf(ENTRIES, 'x'), 'x');
});

test('the root may be in no list, as the context of an item; a branch whose parent no longer exists is its own root', () => {
  assert.equal(rootOf(ENTRIES, 'b4'), 'gone');
  assert.equal(rootOf(ENTRIES, 'b4', 'gone'), 'b4');
  const item = /** @type {any} */ ({ id: 'gone', title: 'Item 3', agents: ['Ann', 'Bo'], steps: [{ name: '1' }] });
  const all = [entryOf(item), ...ENTRIES];
  assert.deepEqual(below(all, 'gone').map(({ id, agents, steps }) => [id, agents, steps]), [
    ['gone', 2, 1],
    ['b4', 2, 1],
  ]);
});

test('branches that name each other as parents end the search', () => {
  const circle = [entry('b1', 'b2'), entry('b2', 'b1')];
  assert.ok(rootOf(circle, 'b1'));
  assert.deepEqual(below(circle, 'b1').map(({ id }) => id), ['b1', 'b2']);
});

test('all branches of a context are found, parents first', () => {
  assert.deepEqual(below(ENTRIES, 'c1').map(({ id }) => id), ['c1', 'b1', 'b3', 'b2']);
});

test('a context is requested once', async () => {
  let requests = 0;
  const source = /** @type {any} */ ({ context: async (/** @type {string} */ id) => ({ id, number: (requests += 1) }) });
  const load = once(source);
  assert.equal(await load('c1'), await load('c1'));
  await load('c2');
  assert.equal(requests, 2);
});

/**
 * @param {import('../src/lib/types.js').EventRow[]} events
 * @param {Context['beliefs']} beliefs
 * @param {number} count
 */
const context = (events, beliefs, count) =>
  /** @type {Context} */ (
    /** @type {unknown} */ ({
      agents: ['Sally', 'Anne'],
      steps: Array.from({ length: count }, (_, place) => ({ name: `${place + 1}` })),
      events,
      beliefs,
    })
  );
const SEEN = /** @type {import('../src/lib/types.js').Percept[]} */ ([[0, [0, 1]]]);
const A = context(
  [
    ['1.0', 0, 'fact', 'The ball is in the basket.', -1, SEEN, null],
    ['2.0', 1, 'act', 'Sally waves', 0, SEEN, null],
  ],
  { ball: { '': [[0, 'basket', '1.0', 'seen']], 0: [[0, 'basket', '1.0', 'seen']], 1: [[0, 'basket', '1.0', 'seen']] } },
  2,
);
const B = context(
  [
    ['1.0', 0, 'fact', 'The ball is in the basket.', -1, SEEN, null],
    ['1.1', 0, 'act', 'Anne moves the ball to the box', 1, SEEN, null],
    ['1.2', 0, 'mental', 'Where is it?', 0, SEEN, null],
  ],
  {
    ball: {
      '': [[0, 'basket', '1.0', 'seen'], [1, 'box', '1.1', 'seen']],
      0: [[0, 'basket', '1.0', 'seen']],
      1: [[0, 'basket', '1.0', 'seen'], [1, 'box', '1.1', 'seen']],
    },
  },
  1,
);
const DIFFERENCE = {
  pairs: /** @type {[string, string][]} */ ([['1.0', '1.0']]),
  only_a: ['2.0'],
  only_b: ['1.1', '1.2'],
  percepts: [{ a: '1.0', b: '1.0', gained: ['Anne'], lost: ['Sally'] }],
};

test('events of one context only are marked, and changed observers are named', () => {
  const [first, second] = steps(A, B, DIFFERENCE);
  assert.deepEqual(first.a.map(({ only, notes }) => [only, notes]), [[false, []]]);
  assert.deepEqual(
    first.b.map(({ who, only, notes }) => [who, only, notes]),
    [
      ['', false, ['now also perceived by Anne', 'no longer perceived by Sally']],
      ['', true, []],
      ['Sally thinks', true, []],
    ],
  );
  assert.deepEqual([second.a.map(({ only }) => only), second.b, second.differs], [[true], [], true]);
});

test('steps without a difference are known', () => {
  const same = { pairs: [], only_a: [], only_b: [], percepts: [] };
  assert.deepEqual(steps(A, A, same).map(({ differs }) => differs), [false, false]);
});

test('tracks that differ stand over each other, and equal tracks are one row', () => {
  assert.deepEqual(
    tracks(A, B, 'ball', 3).map(({ label }) => label),
    ['really, A', 'really, B', 'Sally, A', 'Sally, B', 'Anne, A', 'Anne, B'],
  );
  assert.deepEqual(tracks(A, A, 'ball', 3).map(({ label }) => label), ['really', 'Sally', 'Anne']);
  const sally = tracks(A, B, 'ball', 3).find(({ label }) => label === 'Sally, B');
  assert.deepEqual(sally?.bars.map(({ from, to, text, look }) => [from, to, text, look]), [
    [0, 1, 'basket', 'same'],
    [1, 3, '≠ basket', 'wrong'],
  ]);
});

test('the end is told in words', () => {
  assert.equal(
    endInWords(A, B, 'ball'),
    'At the end: Really: basket in A, box in B; Anne believes: basket in A, box in B.',
  );
  assert.equal(endInWords(A, A, 'ball'), 'At the end, all beliefs are the same.');
});
