/** The paths of the storyline: few elements for many events. */

import { inView, isShown } from '../lib/view.js';

/**
 * @typedef {import('../lib/view.js').Event} Event
 * @typedef {import('../lib/types.js').Context} Context
 */

/**
 * The time axis that all drawings of a page share.
 *
 * @typedef {{
 *   steps: number, columns: number, column: number, gutter: number,
 * }} Axis `columns` is one more than `steps` if something changes after the last step
 */

/**
 * A row of bars on the axis, and the text if there are no bars.
 *
 * @typedef {'truth' | 'same' | 'wrong' | 'uncertain'} Look
 * @typedef {{from: number, to: number, text: string, look: Look, title: string}} Bar
 * @typedef {{key: string, label: string, strong: boolean, bars: Bar[], none: string}} Row
 */

export const ROW = 34;
export const TOP = 54;
/** More links than this are drawn for the agents of the chain only. */
export const MANY_LINKS = 60;

/** @param {number} row */
export const rowY = (row) => TOP + row * ROW + ROW / 2;

/** @param {number} radius */
const circle = (radius) =>
  `m${-radius} 0a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
const BUBBLE = 'm-7 -6h14v10h-7l-4 4v-4h-3z';
const DIAMOND = 'm0 -5l5 5l-5 5l-5 -5z';
const SQUARE = 'm-3 -3h6v6h-6z';

/** The form of each kind of mark, and its height above the line of its agent. */
export const FORMS = {
  act: { form: circle(6), above: 0 },
  utterance: { form: BUBBLE, above: 0 },
  mental: { form: DIAMOND, above: 13 },
  percept: { form: SQUARE, above: -10 },
};

/**
 * Return one path of presence per agent: the steps with an event that the agent perceives. A unit is a column.
 *
 * @param {Event[]} events
 * @param {number} agents
 * @param {number} steps
 */
export function bands(events, agents, steps) {
  const there = Array.from({ length: agents }, () => new Uint8Array(steps + 1));
  for (const { kind, position, percepts } of events)
    if (kind !== 'mental') for (const agent of percepts.keys()) there[agent][position] = 1;
  return there.map((row) => {
    let path = '';
    for (let step = 0; step < steps; step++)
      if (row[step]) {
        const start = step;
        while (row[step + 1]) step++;
        path += `M${start} 0H${step + 1}`;
      }
    return path;
  });
}

/**
 * Return one path per agent, kind of mark, and whether it is in view. The paths start on the line of the agent.
 *
 * @param {Event[]} events
 * @param {number[]} chain
 * @param {number} column
 * @returns {{key: string, agent: number, kind: keyof typeof FORMS, out: boolean, path: string}[]}
 */
export function marks(events, chain, column) {
  /** @type {Map<string, {key: string, agent: number, kind: keyof typeof FORMS, out: boolean, path: string}>} */
  const found = new Map();
  /** @type {Map<number, number>} */
  const taken = new Map();
  /** @param {number} agent @param {keyof typeof FORMS} kind @param {number} position @param {boolean} out */
  function add(agent, kind, position, out) {
    const key = `${agent} ${kind} ${out}`;
    const { form, above } = FORMS[kind];
    const place = 4 * (agent * 1e6 + position) + Object.keys(FORMS).indexOf(kind === 'utterance' ? 'act' : kind);
    const before = taken.get(place) ?? 0;
    taken.set(place, before + 1);
    const mark = found.get(key) ?? { key, agent, kind, out, path: '' };
    mark.path += `M${(position + 0.5) * column + 4 * before} ${-above}${form}`;
    found.set(key, mark);
  }
  for (const event of events) {
    const out = !isShown(event, chain);
    if (event.kind === 'percept')
      for (const [agent, { position }] of event.percepts) add(agent, 'percept', position, out);
    else if (event.kind !== 'fact' && event.actor >= 0) add(event.actor, event.kind, event.position, out);
  }
  return [...found.values()];
}

/**
 * @typedef {{from: [number, number], to: [number, number], agent: number, arrives: boolean, out: boolean}} Link
 *   from and to: position and row
 */

/**
 * Return who perceives the acts of a step, and which earlier acts arrive in it.
 *
 * @param {import('../lib/view.js').Steps} events by step
 * @param {number[]} chain
 * @param {number} step
 * @returns {{links: Link[], left: number}} left: the number of links that are too many to draw
 */
export function links(events, chain, step) {
  /** @type {Link[]} */
  const all = [];
  /** @param {Event} event @param {number} agent @param {number} position */
  function add(event, agent, position) {
    if (event.actor < 0 || event.kind === 'mental' || agent === event.actor) return;
    const arrives = event.position !== step;
    all.push({
      from: [event.position, event.actor],
      to: [position, agent],
      agent,
      arrives,
      out: !inView(event, chain),
    });
  }
  for (const event of events.happening[step])
    for (const [agent, { position }] of event.percepts) add(event, agent, position);
  for (const { event, agent } of events.perceived[step]) if (event.position !== step) add(event, agent, step);
  const drawn = all.length > MANY_LINKS ? all.filter(({ agent }) => chain.includes(agent)) : all;
  return { links: drawn, left: all.length - drawn.length };
}

/**
 * Return the path of the curves of links, and of the dots at their ends.
 *
 * @param {Link[]} links
 * @param {number} column
 */
export function curves(links, column) {
  let lines = '';
  let ends = '';
  for (const { from, to } of links) {
    const [x1, x2] = [from[0], to[0]].map((position) => (position + 0.5) * column);
    const [y1, y2] = [rowY(from[1]), rowY(to[1])];
    const middle = (x1 + x2) / 2;
    lines += `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
    ends += `M${x2} ${y2}${circle(3)}`;
  }
  return { lines, ends };
}

/**
 * Return the bars below the rows: the steps with facts, wider for more facts, in view and not in view.
 *
 * @param {Event[]} events
 * @param {number[]} chain
 * @param {Axis} axis
 */
export function facts(events, chain, { steps, column }) {
  const [inside, outside] = [new Uint16Array(steps), new Uint16Array(steps)];
  for (const event of events) if (event.kind === 'fact') (inView(event, chain) ? inside : outside)[event.position]++;
  /** @param {Uint16Array} counts @param {(step: number) => boolean} shown */
  const bars = (counts, shown) =>
    Array.from(counts, (count, step) => {
      const half = Math.min(column / 2 - 3, 3 + 2 * count);
      return count && shown(step) ? `M${(step + 0.5) * column - half} 0h${2 * half}v4h${-2 * half}z` : '';
    }).join('');
  return { inside: bars(inside, () => true), outside: bars(outside, (step) => !inside[step]) };
}
