import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limited } from '../src/results/limited.js';
import { filterOf } from '../src/results/filters.js';
import { folderOf, grouped, nameOf, whyNot } from '../src/results/runs.js';

/** @typedef {import('../src/lib/types.js').RunEntry} RunEntry */

/** @param {Partial<RunEntry>} [changes] */
const run = (changes) =>
  /** @type {RunEntry} */ ({
    id: 'r1',
    name: 'folder',
    benchmark: 'hitom',
    dataset: 'a.csv',
    mode: 'vanilla',
    model: 'm',
    context_model: null,
    scorer: 'official',
    ...changes,
  });

test('runs with the same benchmark, data set and scorer may be compared', () => {
  assert.equal(whyNot(run(), run({ id: 'r2', model: 'n', mode: 'perspective', context_model: 'symbolic' })), '');
});

test('the reason names every difference', () => {
  const other = run({ id: 'r2', benchmark: 'tomi', dataset: 'b.csv', scorer: 'strict' });
  assert.equal(whyNot(run(), other), 'Not comparable with A: another benchmark, data set, scorer');
  assert.equal(whyNot(run(), run({ id: 'r2', scorer: 'strict' })), 'Not comparable with A: another scorer');
  assert.equal(whyNot(run(), run()), 'This run is A');
  assert.equal(whyNot(undefined, run()), 'Choose run A first');
});

test('runs are grouped by benchmark and data set, in the order of the first run', () => {
  const runs = [run(), run({ id: 'r2', benchmark: 'tomi' }), run({ id: 'r3' }), run({ id: 'r4', dataset: 'b.csv' })];
  assert.deepEqual(
    grouped(runs).map((group) => group.runs.map(({ id }) => id)),
    [['r1', 'r3'], ['r2'], ['r4']],
  );
});

test('in a group, runs are in the order of their models, and vanilla comes first', () => {
  const runs = [
    run({ id: 'r1', model: 'm10' }),
    run({ id: 'r2', model: 'm9', mode: 'perspective' }),
    run({ id: 'r3', model: 'm9', mode: 'debate' }),
    run({ id: 'r4', model: 'm9' }),
  ];
  assert.deepEqual(grouped(runs)[0].runs.map(({ id }) => id), ['r4', 'r3', 'r2', 'r1']);
});

test('the name of a run holds its model, its mode and who made its contexts', () => {
  assert.equal(nameOf(run(), []), 'm · vanilla');
  assert.equal(nameOf(run({ model: '', context_model: 'symbolic' }), []), 'unknown model · vanilla · contexts by symbolic');
  assert.equal(nameOf(run({ model: 'custom/m@http://127.0.0.1:80/v1' }), []), 'custom/m · vanilla');
});

test('runs with the same name are told apart by their folders', () => {
  const [one, other, third] = [run(), run({ id: 'r2', name: 'again' }), run({ id: 'r3', mode: 'debate' })];
  const runs = [one, other, third];
  assert.deepEqual(
    runs.map((each) => nameOf(each, runs)),
    ['m · vanilla · folder', 'm · vanilla · again', 'm · debate'],
  );
  assert.equal(folderOf(other, [other, run({ dataset: 'b.csv' })]), '');
});

test('a filter that needs two runs is no filter of one run', () => {
  assert.equal(filterOf('a', true), 'a');
  assert.equal(filterOf('a', false), 'all');
  assert.equal(filterOf('wrong', false), 'wrong');
  assert.equal(filterOf('x', true), 'all');
  assert.equal(filterOf(null, true), 'all');
});

test('limited work starts in order, a few pieces at a time, also after a failure', async () => {
  const queue = limited(3);
  /** @type {number[]} */
  const started = [];
  let running = 0;
  let most = 0;
  const work = (/** @type {number} */ number) => async () => {
    started.push(number);
    most = Math.max(most, (running += 1));
    await new Promise((resume) => setTimeout(resume, number % 3));
    running -= 1;
    if (number === 4) throw new Error('four');
    return number;
  };
  const found = await Promise.allSettled(Array.from({ length: 12 }, (_, number) => queue(work(number))));
  assert.deepEqual(started, Array.from({ length: 12 }, (_, number) => number));
  assert.equal(most, 3);
  assert.deepEqual(found.filter(({ status }) => status === 'rejected').length, 1);
  assert.deepEqual(found[11], { status: 'fulfilled', value: 11 });
});
