import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bands, facts, links, MANY_LINKS, marks } from '../src/context/drawing.js';
import { eventOf, stepsOf } from '../src/lib/view.js';

/**
 * @param {string} id
 * @param {number} position
 * @param {import('../src/lib/types.js').EventKind} kind
 * @param {number} actor
 * @param {import('../src/lib/types.js').Percept[]} percepts
 * @returns {import('../src/lib/types.js').EventRow}
 */
const row = (id, position, kind, actor, percepts) => [id, position, kind, id, actor, percepts, null];

/** @param {import('../src/lib/types.js').EventRow[]} events @param {number} steps */
const by = (events, steps) =>
  stepsOf(/** @type {any} */ ({ events, steps: Array.from({ length: steps }, (_, at) => ({ name: `${at}` })) }));

test('a band covers the steps with an event that the agent perceives, also if it perceives the event later', () => {
  const events = [
    row('a', 0, 'act', 0, [
      [0, [0]],
      [1, [1]],
    ]),
    row('b', 1, 'fact', -1, [[1, [0]]]),
    row('c', 3, 'fact', -1, [[3, [0]]]),
    row('thought', 2, 'mental', 1, [[2, [1]]]),
  ].map(eventOf);
  assert.deepEqual(bands(events, 2, 4), ['M0 0H2M3 0H4', 'M0 0H1']);
});

test('marks of one agent, kind and view share a path; others have their own', () => {
  const events = [
    row('a', 0, 'act', 0, [[0, [0, 1]]]),
    row('b', 2, 'act', 0, [[2, [0, 1]]]),
    row('c', 1, 'act', 0, [[1, [0]]]),
    row('d', 1, 'mental', 1, [[1, [1]]]),
    row('e', 1, 'percept', -1, [[1, [0, 1]]]),
    row('f', 1, 'fact', -1, [[1, [0, 1]]]),
  ].map(eventOf);
  const count = (/** @type {number[]} */ chain) =>
    Object.fromEntries(marks(events, chain, 20).map(({ key, path }) => [key, path.match(/M/g)?.length]));
  assert.deepEqual(count([]), { '0 act false': 3, '1 mental false': 1, '0 percept false': 1, '1 percept false': 1 });
  assert.deepEqual(count([1]), {
    '0 act false': 2,
    '0 act true': 1,
    '1 mental false': 1,
    '0 percept false': 1,
    '1 percept false': 1,
  });
});

test('two acts of one agent in one step do not cover each other', () => {
  const events = [row('a', 0, 'act', 0, [[0, [0]]]), row('b', 0, 'utterance', 0, [[0, [0]]])].map(eventOf);
  const [one, other] = marks(events, [], 20).map(({ path }) => path.match(/M[\d.]+/)?.[0]);
  assert.notEqual(one, other);
});

test('links go from the acts of the step to who perceives them, and from earlier acts that arrive', () => {
  const steps = by(
    [
      row('a', 0, 'act', 0, [
        [0, [0]],
        [1, [1]],
      ]),
      row('b', 1, 'act', 1, [
        [1, [1]],
        [2, [0]],
      ]),
      row('f', 1, 'fact', -1, [[1, [0]]]),
    ],
    3,
  );
  assert.deepEqual(
    links(steps, [], 1).links.map(({ from, to, arrives, out }) => ({ from, to, arrives, out })),
    [
      { from: [1, 1], to: [2, 0], arrives: false, out: false },
      { from: [0, 0], to: [1, 1], arrives: true, out: false },
    ],
  );
});

test('many links are drawn for the agents of the chain only, and the others are counted', () => {
  const others = Array.from({ length: MANY_LINKS + 1 }, (_, agent) => agent + 1);
  const steps = by(
    [
      row('a', 0, 'act', 0, [
        [0, [0]],
        [1, others],
      ]),
    ],
    2,
  );
  assert.deepEqual([links(steps, [], 0).links.length, links(steps, [], 0).left], [0, MANY_LINKS + 1]);
  assert.deepEqual(
    links(steps, [7], 0).links.map(({ agent }) => agent),
    [7],
  );
  const few = by(
    [
      row('a', 0, 'act', 0, [
        [0, [0]],
        [1, others.slice(1)],
      ]),
    ],
    2,
  );
  assert.equal(links(few, [], 0).links.length, MANY_LINKS);
});

test('a step has a bar of facts in view, or a hollow bar', () => {
  const events = [row('a', 0, 'fact', -1, [[0, [0]]]), row('b', 0, 'fact', -1, []), row('c', 1, 'fact', -1, [])].map(
    eventOf,
  );
  const axis = { steps: 2, columns: 2, column: 40, gutter: 0 };
  const bars = (/** @type {string} */ path) => path.match(/M[\d.]+/g)?.length ?? 0;
  const all = facts(events, [], axis);
  assert.deepEqual([bars(all.inside), bars(all.outside)], [2, 0]);
  const one = facts(events, [0], axis);
  assert.deepEqual([bars(one.inside), bars(one.outside)], [1, 1]);
});
