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

/** @type {WeakMap<Context, Event[]>} */
const made = new WeakMap();

/**
 * Return the events of a context. They are made once per context.
 *
 * @param {Context} context
 * @returns {Event[]}
 */
export function eventsOf(context) {
  const events = made.get(context) ?? context.events.map(eventOf);
  made.set(context, events);
  return events;
}

/**
 * The events of each step, and the events that agents perceive in each step.
 *
 * @typedef {{happening: Event[][], perceived: {event: Event, agent: number}[][]}} Steps
 */

/** @type {WeakMap<Context, Steps>} */
const placed = new WeakMap();

/**
 * Return the events of a context by step. They are sorted once per context.
 *
 * @param {Context} context
 * @returns {Steps}
 */
export function stepsOf(context) {
  const known = placed.get(context);
  if (known) return known;
  /** @type {Steps} */
  const steps = { happening: context.steps.map(() => []), perceived: context.steps.map(() => []) };
  for (const event of eventsOf(context)) {
    steps.happening[event.position].push(event);
    for (const [agent, { position }] of event.percepts) steps.perceived[position].push({ event, agent });
  }
  placed.set(context, steps);
  return steps;
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
 * Return whether a drawing shows an event as a part of the perspective. Without a chain, everything is shown, thoughts
 * too.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const isShown = (event, chain) => !chain.length || inView(event, chain);

/**
 * Return the position of the step in which the first agent of a chain perceives an event.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const perceivedAt = (event, chain) =>
  chain.length ? (event.percepts.get(chain[0])?.position ?? event.position) : event.position;

/**
 * Return the first position at which a chain knows an event before anybody acts: the rule of `s3ap.views.known_from`.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const knownFrom = (event, chain) =>
  Math.max(perceivedAt(event, chain), event.position + (event.kind === 'act' || event.kind === 'utterance' ? 1 : 0));

/**
 * Return the words of the first agent of a chain for an event.
 *
 * @param {Event} event
 * @param {number[]} chain
 */
export const wordsFor = (event, chain) =>
  chain.length ? (event.percepts.get(chain[0])?.words ?? event.text) : event.text;

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

/**
 * Return the parts of a belief track, each with whether it differs from the truth. A part ends where the belief or the
 * comparison with the truth changes.
 *
 * @param {import('./types.js').BeliefChange[]} changes
 * @param {import('./types.js').BeliefChange[]} truth
 * @param {number} steps
 */
export function compared(changes, truth, steps) {
  /** @type {{from: number, to: number, value: string, how: string, wrong: boolean}[]} */
  const parts = [];
  for (const { from, to, change } of segments(changes, steps)) {
    const [, value, , how] = change;
    const starts = [from, ...truth.map(([at]) => at).filter((at) => at > from && at < to)];
    starts.forEach((start, place) => {
      const real = inForce(truth, start);
      const wrong = real !== null && real[1] !== value;
      const last = parts.at(-1);
      const end = starts[place + 1] ?? to;
      if (place && last?.wrong === wrong) last.to = end;
      else parts.push({ from: start, to: end, value, how, wrong });
    });
  }
  return parts;
}

/**
 * Return who has heard an event: for each agent, the first position with the knowledge, and how. With a chain: who has
 * heard the event in the view of the chain.
 *
 * @param {Event} event
 * @param {number[]} chain
 * @returns {Map<number, {position: number, how: 'said' | 'heard'}>}
 */
export function hearers(event, chain) {
  const agents = [...event.percepts.keys()].concat(chain.length ? [...event.overt] : []);
  return new Map(
    agents
      .filter((agent) => (agent === chain.at(-1) ? inView(event, chain) : inView(event, [...chain, agent])))
      .map((agent) => [
        agent,
        {
          position: knownFrom(event, chain.length ? chain : [agent]),
          how: event.actor === agent ? 'said' : 'heard',
        },
      ]),
  );
}

/**
 * Return whether a chain of agents perceived a sentence of the narrative. An empty chain stands for everything, and a
 * sentence whose observers are unknown is never left out.
 *
 * @param {import('./types.js').Sentence} sentence
 * @param {Map<string, Event>} events by id
 * @param {number[]} chain
 */
export function sentenceInView({ events: ids, perceivers }, events, chain) {
  const made = ids.flatMap((id) => events.get(id) ?? []);
  if (!chain.length || (!made.length && !perceivers.length)) return true;
  if (!perceivers.includes(chain[0])) return false;
  if (chain.length === 1) return true;
  return made.length ? made.some((event) => inView(event, chain)) : chain.every((agent) => perceivers.includes(agent));
}

/**
 * Write a chain as text of the address, such as "Charlotte>Evelyn".
 *
 * @param {number[]} chain
 * @param {string[]} agents
 */
export const chainText = (chain, agents) =>
  chain.map((agent) => agents[agent].replaceAll('%', '%25').replaceAll('>', '%3E')).join('>');

/**
 * Read a chain from text of the address. Unknown names are left out.
 *
 * @param {string} text
 * @param {string[]} agents
 */
export const chainOf = (text, agents) =>
  text
    .split('>')
    .map((name) => agents.indexOf(name.replaceAll('%3E', '>').replaceAll('%25', '%')))
    .filter((agent) => agent >= 0);

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
  return others.length
    ? `What ${first} believes that ${others.join(' believes that ')} perceived`
    : `What ${first} perceived`;
}
