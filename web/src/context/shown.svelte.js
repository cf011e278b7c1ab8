/** What the page of a context shows: step, perspective and subjects. The address follows, and is followed. */

import { onMount, untrack } from 'svelte';
import { opening } from '../lib/opening.js';
import { replaceQuery, route } from '../lib/route.svelte.js';
import { chainOf, chainText } from '../lib/view.js';

/** Browsers refuse to change the address too often, so it changes when the reader rests. */
const PAUSE = 300;

/** @typedef {{step: number, chain: number[], fact: string, said: string, table: boolean}} Shown */

/**
 * Return the state of the page of a context. Call it while a component is initialised.
 *
 * @param {() => import('../lib/types.js').Context} context
 */
export function shownPart(context) {
  /**
   * @param {URLSearchParams} query
   * @returns {Shown}
   */
  function read(query) {
    const { agents, steps } = context();
    const last = Math.max(0, steps.length - 1);
    const step = Number(query.get('step') ?? NaN);
    return {
      step: Number.isInteger(step) ? Math.max(0, Math.min(last, step - 1)) : opening(context()),
      chain: chainOf(query.get('chain') ?? '', agents),
      fact: query.get('fact') ?? '',
      said: query.get('said') ?? '',
      table: query.get('table') === '1',
    };
  }

  let now = $state.raw(read(route.query));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  function write() {
    replaceQuery({
      step: now.step + 1,
      chain: chainText(now.chain, context().agents) || null,
      fact: now.fact || null,
      said: now.said || null,
      table: now.table ? 1 : null,
    });
  }
  $effect(() => {
    const told = read(route.query);
    clearTimeout(waiting); // an address that somebody else sets is newer than a change that waits
    untrack(() => JSON.stringify(told) !== JSON.stringify(now) && (now = told));
  });
  onMount(() => () => clearTimeout(waiting));

  return {
    get step() {
      return now.step;
    },
    get chain() {
      return now.chain;
    },
    get fact() {
      return now.fact;
    },
    get said() {
      return now.said;
    },
    get table() {
      return now.table;
    },
    /** @param {Partial<Shown>} changes */
    set(changes) {
      now = { ...now, ...changes };
      clearTimeout(waiting);
      waiting = setTimeout(write, PAUSE);
    },
  };
}
