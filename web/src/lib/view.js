/** Views of a context: the rules of `s3ap/views.py` in the browser, over the rows of `types.d.ts`. */

/**
 * @typedef {import('./types.js').Context} Context
 * @typedef {import('./types.js').EventRow} EventRow
 */

/**
 * An event, with its observers by agent.
 *
 * @typedef {{
 *   id: string, position: number, kind: import('./types.js').EventKind, text: string, actor: number,
 *   percepts: Map<number, {position: number, words: string}>, overt: Set<number>,
 * }} Event
 */

/**
 * @param {EventRow} row
 * @returns {Event}
 */
export function eventOf([id, position, kind, text, actor, percepts, overt]) {
  /** @type {Event['percepts']} */
  const observers = new Map();
  for (const [at, agents, words] of percepts)
    for (const agent of agents) observers.set(agent, { position: at, words: words ?? text });
  return { id, position, kind, text, actor, percepts: observers, overt: new Set(overt ?? observers.keys()) };
}

/**
 * Return whether an event is in the view of a chain of agents: the rule of `s3ap.views.in_view`. An empty chain stands
 * for everything that happens.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export function inView(event, chain) {
  if (!chain.length) return event.kind !== 'mental';
  const [first, ...others] = chain;
  if (others.length && event.kind === 'mental') return false;
  return event.percepts.has(first) && others.every((agent) => event.overt.has(agent));
}

/**
 * Return the position of the step in which the first agent of a chain perceives an event.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const perceivedAt = (event, chain) =>
  chain.length ? (event.percepts.get(chain[0])?.position ?? event.position) : event.position;

/**
 * Return the words of the first agent of a chain for an event.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const wordsFor = (event, chain) => (chain.length ? (event.percepts.get(chain[0])?.words ?? event.text) : event.text);

/**
 * Return what a chain remembers up to a step, in the order in which its first agent perceived the events.
 *
 * @param {Event[]} events
 * @param {number[]} chain
 * @param {number} step
 */
export const memory = (events, chain, step) =>
  events
    .filter((event) => inView(event, chain) && perceivedAt(event, chain) <= step)
    .sort((one, other) => perceivedAt(one, chain) - perceivedAt(other, chain));

/**
 * Return the part of changes that is in force from each position on: from, to (exclusive), and the change.
 *
 * @template {[number, ...unknown[]]} T
 * @param {T[]} changes
 * @param {number} steps
 * @returns {{from: number, to: number, change: T}[]}
 */
export const segments = (changes, steps) =>
  changes
    .map((change, place) => ({ from: change[0], to: Math.min(changes[place + 1]?.[0] ?? steps, steps), change }))
    .filter(({ from, to }) => to > from);

/**
 * Return the change that is in force at a step; null before the first change.
 *
 * @template {[number, ...unknown[]]} T
 * @param {T[]} changes
 * @param {number} step
 * @returns {T | null}
 */
export const inForce = (changes, step) => changes.findLast((change) => change[0] <= step) ?? null;

/** @param {number[]} chain */
export const chainKey = (chain) => chain.join('>');

/**
 * Say in a sentence what a perspective shows.
 *
 * @param {string[]} chain names
 */
export function chainInWords(chain) {
  if (!chain.length) return 'Everything that happened';
  const [first, ...others] = chain;
  return others.length ? `What ${first} believes that ${others.join(' believes that ')} perceived` : `What ${first} perceived`;
}
