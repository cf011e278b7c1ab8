/** What a context shows first. */

import { eventsOf } from './view.js';

/**
 * Return whether who has heard what matters more than places.
 *
 * @param {import('./types.js').Context} context
 */
export const converses = (context) =>
  context.domain === 'conversation' ||
  Object.keys(context.knowledge).length > 0 ||
  (!context.facts.length && context.events.some(([, , kind]) => kind === 'utterance'));

/**
 * Return the step that a context opens at: the last one, where all beliefs are drawn. An episode opens at its first
 * decision, and a conversation opens at the first utterance that not everybody heard.
 *
 * @param {import('./types.js').Context} context
 */
export function opening(context) {
  const { agents, decisions, facts, steps } = context;
  if (decisions.length) return Math.min(...decisions.map(({ position }) => position));
  const missed =
    !facts.length &&
    converses(context) &&
    eventsOf(context).find(({ kind, percepts }) => kind === 'utterance' && percepts.size < agents.length);
  return missed ? missed.position : Math.max(0, steps.length - 1);
}
