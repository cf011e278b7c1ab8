import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  chainInWords,
  chainOf,
  chainText,
  compared,
  eventOf,
  eventsOf,
  hearers,
  inForce,
  inView,
  knownFrom,
  memory,
  perceivedAt,
  segments,
  sentenceInView,
  stepsOf,
  wordsFor,
} from '../src/lib/view.js';

/** @type {Record<string, import('../src/lib/types.js').EventKind>} */
const KINDS = { f: 'fact', a: 'act', u: 'utterance', p: 'percept', m: 'mental' };
/** @param {string} digits */
const numbers = (digits) => Array.from(digits, Number);

/**
 * An event from its short form in the table of `tests/viewer/in_view_cases.py`.
 *
 * @param {string} text
 */
function shortEvent(text) {
  const [observers, overt] = text.slice(1).split(':');
  return eventOf([
    '1.0',
    0,
    KINDS[text[0]],
    '',
    -1,
    [[0, numbers(observers)]],
    overt === undefined ? null : numbers(overt),
  ]);
}

/**
 * @param {Partial<{id: string, position: number, kind: import('../src/lib/types.js').EventKind, text: string,
 *   actor: number, percepts: import('../src/lib/types.js').Percept[], overt: number[] | null}>} given
 */
const event = ({
  id = '1.0',
  position = 0,
  kind = 'act',
  text = 'Ann waves',
  actor = 0,
  percepts = [],
  overt = null,
}) => eventOf([id, position, kind, text, actor, percepts, overt]);

test('views are those of Python, on 500 contexts', () => {
  const table = JSON.parse(readFileSync(new URL('in_view.json', import.meta.url), 'utf8'));
  assert.equal(table.length, 500);
  for (const line of table) {
    const [made, chains] = line.split('|');
    const events = made.split(',').filter(Boolean).map(shortEvent);
    for (const case_ of chains.split(',')) {
      const [chain, expected] = case_.split('=');
      const found = events.map((/** @type {any} */ one) => Number(inView(one, numbers(chain)))).join('');
      assert.equal(found, expected, `${made}, chain ${chain}`);
    }
  }
});

test('an observer without words of its own has the words of the event', () => {
  const one = event({
    percepts: [
      [0, [0]],
      [1, [1, 2], 'Somebody waves.'],
    ],
  });
  assert.deepEqual(
    [[], [0], [1], [2, 0]].map((chain) => wordsFor(one, chain)),
    ['Ann waves', 'Ann waves', 'Somebody waves.', 'Somebody waves.'],
  );
  assert.deepEqual(
    [[], [0], [1]].map((chain) => perceivedAt(one, chain)),
    [0, 0, 1],
  );
});

test('overt observers are all observers if the row has null, and nobody if the row has an empty list', () => {
  const percepts = /** @type {import('../src/lib/types.js').Percept[]} */ ([[0, [0, 1]]]);
  assert.deepEqual([...event({ percepts }).overt], [0, 1]);
  assert.deepEqual([...event({ percepts, overt: [] }).overt], []);
});

test('an act is known from the next step on, a fact from the step in which it is perceived', () => {
  assert.equal(
    knownFrom(
      event({
        position: 3,
        percepts: [
          [3, [0]],
          [4, [1]],
          [6, [2]],
        ],
      }),
      [],
    ),
    4,
  );
  const act = event({
    position: 3,
    percepts: [
      [3, [0]],
      [4, [1]],
      [6, [2]],
    ],
  });
  assert.deepEqual(
    [[0], [1], [2]].map((chain) => knownFrom(act, chain)),
    [4, 4, 6],
  );
  assert.equal(knownFrom(event({ kind: 'fact', position: 3, percepts: [[3, [0]]] }), [0]), 3);
});

test('a memory is in the order in which its agent perceived the events, and ends with the step', () => {
  const events = [
    event({ id: 'late', position: 0, percepts: [[2, [1]]] }),
    event({ id: 'early', position: 1, kind: 'fact', percepts: [[1, [1]]] }),
    event({ id: 'other', position: 1, percepts: [[1, [0]]] }),
  ];
  assert.deepEqual(
    memory(events, [1], 5).map(({ id }) => id),
    ['early', 'late'],
  );
  assert.deepEqual(
    memory(events, [1], 1).map(({ id }) => id),
    ['early'],
  );
});

/** @returns {import('../src/lib/types.js').Context} */
const context = () => ({
  v: 1,
  id: 'c1',
  title: '',
  domain: null,
  agents: ['Ann', 'Bob'],
  steps: [{ name: '1' }, { name: '2' }],
  events: [
    [
      '1.0',
      0,
      'act',
      'Ann waves',
      0,
      [
        [0, [0]],
        [1, [1]],
      ],
      null,
    ],
  ],
  narrative: null,
  issues: [],
  facts: [],
  beliefs: {},
  beliefs_by: 'none',
  beliefs_why: null,
  knowledge: {},
  question: null,
  decisions: [],
  parent: null,
  edge: null,
});

test('events are made once per context, and stand at their steps', () => {
  const one = context();
  assert.equal(eventsOf(one), eventsOf(one));
  const steps = stepsOf(one);
  assert.equal(steps, stepsOf(one));
  assert.deepEqual(
    steps.happening.map((here) => here.map(({ id }) => id)),
    [['1.0'], []],
  );
  assert.deepEqual(
    steps.perceived.map((here) => here.map(({ agent }) => agent)),
    [[0], [1]],
  );
});

test('a change is in force until the next one', () => {
  /** @type {[number, string][]} */
  const changes = [
    [1, 'box'],
    [3, 'bag'],
    [5, 'hat'],
  ];
  assert.deepEqual(
    segments(changes, 5).map(({ from, to, change }) => [from, to, change[1]]),
    [
      [1, 3, 'box'],
      [3, 5, 'bag'],
    ],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((step) => inForce(changes, step)?.[1]),
    [undefined, 'box', 'box', 'bag', 'hat'],
  );
});

test('a belief is split where the truth leaves it and comes back', () => {
  /** @type {import('../src/lib/types.js').BeliefChange[]} */
  const truth = [
    [1, 'box', 'a', 'seen'],
    [2, 'bag', 'b', 'seen'],
    [3, 'hat', 'c', 'seen'],
    [4, 'box', 'd', 'seen'],
  ];
  /** @type {import('../src/lib/types.js').BeliefChange[]} */
  const belief = [[1, 'box', 'a', 'seen']];
  assert.deepEqual(
    compared(belief, truth, 6).map(({ from, to, wrong }) => [from, to, wrong]),
    [
      [1, 2, false],
      [2, 4, true],
      [4, 6, false],
    ],
  );
  assert.ok(compared(truth, truth, 6).every(({ wrong }) => !wrong));
  assert.deepEqual(
    compared(belief, [], 6).map(({ wrong }) => wrong),
    [false],
    'without truth, nothing differs from it',
  );
});

test('two changes to the same place in a row stay two parts', () => {
  /** @type {import('../src/lib/types.js').BeliefChange[]} */
  const belief = [
    [0, 'box', 'a', 'seen'],
    [2, 'box', 'b', 'told'],
  ];
  assert.deepEqual(
    compared(belief, [], 4).map(({ from, to, how }) => [from, to, how]),
    [
      [0, 2, 'seen'],
      [2, 4, 'told'],
    ],
  );
});

test('who has heard an utterance: its speaker and its observers, each from the step after', () => {
  const said = event({
    kind: 'utterance',
    position: 2,
    percepts: [
      [2, [0]],
      [3, [1]],
      [5, [2]],
    ],
  });
  assert.deepEqual(
    [...hearers(said, [])],
    [
      [0, { position: 3, how: 'said' }],
      [1, { position: 3, how: 'heard' }],
      [2, { position: 5, how: 'heard' }],
    ],
  );
});

test('in the view of a chain, only overt observers have heard, from the step in which the first agent knows', () => {
  const said = event({
    kind: 'utterance',
    position: 2,
    percepts: [
      [2, [0]],
      [3, [1]],
      [5, [2]],
    ],
    overt: [0, 2, 3],
  });
  assert.deepEqual(
    [...hearers(said, [2])],
    [
      [0, { position: 5, how: 'said' }],
      [2, { position: 5, how: 'heard' }],
      [3, { position: 5, how: 'heard' }],
    ],
  );
  assert.deepEqual([...hearers(said, [3])], [], 'agent 3 did not perceive it');
});

test('a sentence is in view if its perceivers and its events are', () => {
  const events = new Map([event({ id: 'a', percepts: [[0, [0, 1]]], overt: [0] })].map((one) => [one.id, one]));
  const sentence = { start: 0, end: 3, position: 0, events: ['a'], perceivers: [0, 1] };
  assert.deepEqual(
    [[], [0], [1], [2], [1, 0], [0, 1]].map((chain) => sentenceInView(sentence, events, chain)),
    [true, true, true, false, true, false],
  );
  const unknown = { ...sentence, events: [], perceivers: [] };
  assert.equal(sentenceInView(unknown, events, [2]), true, 'nobody knows who perceived it, so it is not left out');
  const loose = { ...sentence, events: [] };
  assert.deepEqual(
    [
      [0, 1],
      [0, 2],
    ].map((chain) => sentenceInView(loose, events, chain)),
    [true, false],
  );
});

test('a chain in the address survives every name', () => {
  const agents = ['Ann', 'a>b', '100%', '%3E', '李 明'];
  for (const chain of [[], [0], [1, 2, 3, 4], [4, 0, 4]])
    assert.deepEqual(chainOf(chainText(chain, agents), agents), chain);
  assert.deepEqual(chainOf('Ann>Zoe', agents), [0], 'unknown names are left out');
});

test('a perspective in words names its agents in order', () => {
  assert.equal(chainInWords([]), 'Everything that happened');
  assert.equal(chainInWords(['Ann']), 'What Ann perceived');
  assert.equal(chainInWords(['Ann', 'Bob', 'Cy']), 'What Ann believes that Bob believes that Cy perceived');
});
