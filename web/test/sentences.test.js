import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findable, lines } from '../src/context/sentences.js';

/** @param {[number | null, number | null, string?][]} places @param {string} text */
const narrative = (text, places) => ({
  text,
  provenance: /** @type {const} */ ('trace'),
  sentences: places.map(([start, end, words]) => ({
    start,
    end,
    text: words,
    position: 0,
    events: [],
    perceivers: [],
  })),
});
/** @param {string} text @param {[number | null, number | null, string?][]} places @param {string[]} [agents] */
const words = (text, places, agents = []) => lines(narrative(text, places), agents).map((line) => line.words);

test('sentences are cut at their offsets, and numbers between them are left out', () => {
  assert.deepEqual(
    words('1 Ann waves.\n2 Bob sits.', [
      [2, 12],
      [15, 24],
    ]),
    ['Ann waves.', 'Bob sits.'],
  );
});

test('offsets count units of UTF-16, as the browser does', () => {
  assert.deepEqual(
    words('😀 Ann waves. Bob 😀 sits.', [
      [3, 13],
      [14, 26],
    ]),
    ['Ann waves.', 'Bob 😀 sits.'],
  );
});

test('text that made no step stays a line of its own', () => {
  const found = lines(
    narrative('Ann waves. It is unread text. Bob sits. And more text.', [
      [0, 10],
      [30, 39],
    ]),
    [],
  );
  assert.deepEqual(
    found.map(({ words, sentence }) => [words, sentence !== null]),
    [
      ['Ann waves.', true],
      ['It is unread text.', false],
      ['Bob sits.', true],
      ['And more text.', false],
    ],
  );
});

test('a sentence without offsets has its own text', () => {
  assert.deepEqual(words('whatever', [[null, null, 'Ann waves.']]), ['Ann waves.']);
});

test('a narrative without sentences is shown whole', () => {
  assert.deepEqual(words('Ann waves. Bob sits.', []), ['Ann waves. Bob sits.']);
});

test('the speaker stands before the sentence or in it', () => {
  const found = lines(
    narrative('Ann: Hello.\nBob: Hi there.', [
      [5, 11],
      [12, 26],
    ]),
    ['Ann', 'Bob'],
  );
  assert.deepEqual(
    found.map(({ speaker, words }) => [speaker, words]),
    [
      ['Ann', 'Hello.'],
      ['Bob', 'Hi there.'],
    ],
  );
});

test('the paragraphs of a narrative without sentences are lines', () => {
  assert.deepEqual(words('Ann waves.\n\nBob sits.\n', []), ['Ann waves.', 'Bob sits.']);
});

test('texts can be found by their sentences and events, once each per step, and in the order of the steps', () => {
  const context = /** @type {any} */ ({
    narrative: narrative('😀 Ann waves. Bob 😀 sits.', [
      [14, 26],
      [3, 13],
    ]),
  });
  const events = /** @type {any[]} */ ([
    { position: 0, text: 'Ann waves' },
    { position: 1, text: 'Ann waves' },
  ]);
  assert.deepEqual(findable(context, events), [
    { position: 0, text: 'Bob 😀 sits.' },
    { position: 0, text: 'Ann waves' },
    { position: 1, text: 'Ann waves' },
  ]);
  assert.deepEqual(findable({ ...context, narrative: null }, []), []);
});
