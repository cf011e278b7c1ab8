/** Two contexts side by side: which events only one of them has, whose observers changed, and how beliefs differ. */

import { compared, inForce } from '../lib/view.js';
import { listed, nice } from '../lib/words.js';

/**
 * @typedef {import('../lib/types.js').Context} Context
 * @typedef {import('../lib/types.js').Difference} Difference
 * @typedef {{id: string, text: string, who: string, only: boolean, notes: string[]}} Line
 * @typedef {{position: number, name: string, a: Line[], b: Line[], differs: boolean}} Step
 */

/**
 * Return the events of both contexts by step, with words for what differs.
 *
 * @param {Context} a
 * @param {Context} b
 * @param {Difference} difference
 * @returns {Step[]}
 */
export function steps(a, b, difference) {
  const changed = new Map(difference.percepts.map((one) => [one.b, one]));
  const onlyA = new Set(difference.only_a);
  const onlyB = new Set(difference.only_b);
  /** @param {string} id */
  const notes = (id) => {
    const { gained = [], lost = [] } = changed.get(id) ?? {};
    return [
      ...(gained.length ? [`now also perceived by ${listed(gained)}`] : []),
      ...(lost.length ? [`no longer perceived by ${listed(lost)}`] : []),
    ];
  };
  /**
   * @param {Context} context
   * @param {number} position
   * @param {Set<string>} only
   * @param {boolean} second
   * @returns {Line[]}
   */
  const lines = (context, position, only, second) =>
    context.events
      .filter((event) => event[1] === position)
      .map(([id, , kind, text, actor]) => ({
        id,
        text,
        who: kind === 'mental' && actor >= 0 ? `${context.agents[actor]} thinks` : '',
        only: only.has(id),
        notes: second ? notes(id) : [],
      }));
  return Array.from({ length: Math.max(a.steps.length, b.steps.length) }, (_, position) => {
    const [left, right] = [lines(a, position, onlyA, false), lines(b, position, onlyB, true)];
    const differs = [...left, ...right].some((line) => line.only || line.notes.length > 0);
    return { position, name: (a.steps[position] ?? b.steps[position]).name, a: left, b: right, differs };
  });
}

/**
 * @param {string} name empty for the real place
 * @param {boolean} wrong
 * @returns {import('../context/drawing.js').Look}
 */
const lookOf = (name, wrong) => (name === '' ? 'truth' : wrong ? 'wrong' : 'same');

/**
 * Return belief tracks of both contexts over each other. Where both contexts have the same track, there is one row.
 *
 * @param {Context} a
 * @param {Context} b
 * @param {string} fact
 * @param {number} columns
 * @returns {import('../context/drawing.js').Row[]}
 */
export function tracks(a, b, fact, columns) {
  const names = [...new Set([...a.agents, ...b.agents])];
  /**
   * @param {Context} context
   * @param {string} name
   */
  const track = (context, name) =>
    context.beliefs[fact]?.[name === '' ? '' : `${context.agents.indexOf(name)}`] ?? [];
  /**
   * @param {Context} context
   * @param {string} name
   * @param {string} label
   */
  const row = (context, name, label) => ({
    key: label,
    label,
    strong: name === '',
    none: name === '' ? 'no known place' : 'does not know the place',
    bars: compared(track(context, name), track(context, ''), columns).map(({ from, to, value, wrong }) => ({
      from,
      to,
      text: (wrong ? '≠ ' : '') + nice(value),
      title: nice(value) + (wrong ? ' (differs from the real place)' : ''),
      look: lookOf(name, wrong),
    })),
  });
  return ['', ...names].flatMap((name) => {
    const rows = [a, b].map((context, place) => row(context, name, `${name || 'really'}, ${'AB'[place]}`));
    const [one, other] = rows.map(({ bars }) => JSON.stringify(bars));
    return one === other ? [{ ...rows[0], label: name || 'really' }] : rows;
  });
}

/**
 * Say which beliefs differ at the end.
 *
 * @param {Context} a
 * @param {Context} b
 * @param {string} fact
 */
export function endInWords(a, b, fact) {
  /**
   * @param {Context} context
   * @param {string} key
   */
  const end = (context, key) => nice(inForce(context.beliefs[fact]?.[key] ?? [], Infinity)?.[1] ?? 'unknown');
  const words = ['', ...a.agents].flatMap((name, place) => {
    const [one, other] = [a, b].map((context) => end(context, name && `${context.agents.indexOf(name)}`));
    return one === other ? [] : [`${place ? `${name} believes` : 'Really'}: ${one} in A, ${other} in B`];
  });
  return words.length ? `At the end: ${words.join('; ')}.` : 'At the end, all beliefs are the same.';
}
