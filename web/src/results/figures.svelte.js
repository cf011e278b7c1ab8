/** Figures of runs: summaries first, then gains and trivial baselines, which take longer. */

import { limited } from './limited.js';

/**
 * @typedef {import('../lib/types.js').RunEntry} RunEntry
 * @typedef {import('../lib/types.js').RunSummary} RunSummary
 * @typedef {import('../lib/types.js').Gain} Gain
 * @typedef {import('../lib/types.js').Tables} Tables
 */

const AT_A_TIME = 4;

export class Figures {
  /**
   * Summary by id of the run, or the reason why there is none.
   *
   * @typedef {{summary: RunSummary | null, problem: string}} Found
   */
  found = $state.raw(/** @type {Record<string, Found>} */ ({}));
  baselines = $state.raw(/** @type {Record<string, Tables['baseline']>} */ ({}));
  gains = $state.raw(/** @type {Record<string, Gain>} */ ({}));

  #source;
  #queue = limited(AT_A_TIME);
  #slow = limited(1);
  /** @type {Map<string, RunEntry>} */
  #wanted = new Map();
  /** @type {Map<string, string>} */
  #loaded = new Map();
  /** @type {Map<string, {stamp: string, tables: Promise<Tables>}>} */
  #tables = new Map();
  #busy = new Set();
  #compared = '';

  /** @param {import('../lib/types.js').Source} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * Load what is new or has changed since the last call.
   *
   * @param {RunEntry[]} runs
   */
  follow(runs) {
    this.#wanted = new Map(runs.map((run) => [run.id, run]));
    for (const { id } of runs) this.#load(id);
  }

  /**
   * Return the tables of a run. They are requested once for each state of the run.
   *
   * @param {RunEntry} run
   */
  tables({ id, stamp }) {
    const known = this.#tables.get(id);
    if (known?.stamp === stamp) return known.tables;
    const tables = this.#source.tables(id);
    this.#tables.set(id, { stamp, tables });
    return tables;
  }

  /** @param {string} id */
  async #load(id) {
    const stamp = this.#stamp(id);
    if (stamp === undefined || this.#busy.has(id) || this.#loaded.get(id) === stamp) return;
    this.#busy.add(id);
    const found = await this.#queue(() => this.#source.run(id)).then(
      (summary) => ({ summary, problem: '' }),
      (/** @type {Error} */ error) => ({ summary: this.found[id]?.summary ?? null, problem: error.message }),
    );
    this.#busy.delete(id);
    this.#loaded.set(id, stamp);
    this.found = { ...this.found, [id]: found };
    if (this.#stamp(id) !== stamp) this.#load(id);
    else if (!this.#busy.size) this.#loadSlow();
  }

  /**
   * Return what changes when a summary changes. The summary of a run under way may be older than its files.
   *
   * @param {string} id
   */
  #stamp(id) {
    const run = this.#wanted.get(id);
    return run && `${run.state} ${run.stamp}`;
  }

  #loadSlow() {
    const ended = [...this.#wanted.values()].filter((run) => run.state !== 'running');
    const state = JSON.stringify(ended.map(({ id, stamp }) => [id, stamp]));
    if (state === this.#compared) return;
    this.#compared = state;
    this.#source.gains().then(
      (gains) => (this.gains = gains),
      () => {},
    );
    for (const run of ended) {
      this.#slow(() => this.tables(run)).then(
        ({ baseline }) => (this.baselines = { ...this.baselines, [run.id]: baseline }),
        () => {},
      );
    }
  }
}
