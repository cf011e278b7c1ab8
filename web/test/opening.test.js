import assert from 'node:assert/strict';
import { test } from 'node:test';
import { converses, opening } from '../src/lib/opening.js';

/**
 * A context of three agents and five steps.
 *
 * @param {[position: number, kind: import('../src/lib/types.js').EventKind, observers: number[]][]} events
 * @param {Partial<import('../src/lib/types.js').Context>} [given]
 * @returns {any}
 */
const context = (events, given = {}) => ({
  domain: null,
  agents: ['Ann', 'Bo', 'Cy'],
  steps: Array.from({ length: 5 }, (_, at) => ({ name: `${at + 1}` })),
  events: events.map(([position, kind, observers], at) => [`${at}`, position, kind, '', 0, [[position, observers]], null]),
  facts: [],
  decisions: [],
  knowledge: {},
  ...given,
});

test('a conversation opens at the first utterance that not everybody heard', () => {
  const talk = context([
    [0, 'utterance', [0, 1, 2]],
    [1, 'act', [0]],
    [2, 'utterance', [0, 2]],
    [3, 'utterance', [0]],
  ]);
  assert.equal(converses(talk), true);
  assert.equal(opening(talk), 2);
});

test('a conversation in which everybody heard everything opens at its last step', () => {
  assert.equal(opening(context([[0, 'utterance', [0, 1, 2]]])), 4);
});

test('a context with places opens at its last step, where all beliefs are drawn', () => {
  const story = context([[0, 'utterance', [0]]], { facts: ['ball'] });
  assert.equal(converses(story), false);
  assert.equal(opening(story), 4);
  assert.equal(opening(context([[1, 'act', [0]]])), 4);
});

test('a conversation with objects is a conversation, and opens at its last step', () => {
  const both = context([[0, 'utterance', [0]]], { facts: ['ball'], domain: 'conversation' });
  assert.equal(converses(both), true);
  assert.equal(opening(both), 4);
});

test('an episode opens at its first decision', () => {
  const decisions = /** @type {any[]} */ ([{ position: 3 }, { position: 1 }]);
  assert.equal(opening(context([[0, 'utterance', [0]]], { facts: ['ball'], decisions })), 1);
});
