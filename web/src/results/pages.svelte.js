/** Items of a run, loaded in pages when they come into view. */

/**
 * @typedef {import('../lib/types.js').ItemRow} ItemRow
 * @typedef {import('../lib/types.js').ItemFilter} ItemFilter
 */

export const PAGE = 200;

export class Pages {
  total = $state(0);
  counts = $state.raw(/** @type {Record<ItemFilter, number> | null} */ (null));
  problem = $state('');
  /** Number of characters of the longest index on the first page. */
  longest = $state(0);
  /** Changes when another list is shown, but not when the same list grows. */
  list = $state('');

  #rows = $state.raw(/** @type {ItemRow[][]} */ ([]));
  #source;
  /** @type {{run: string, query: {f: ItemFilter, q: string, b: string | null}} | null} */
  #shown = null;
  /** Number of the present request for a new list. Replies to earlier requests are ignored. */
  #turn = 0;
  /** @type {Set<number>} */
  #asked = new Set();

  /** @param {import('../lib/types.js').Source} source */
  constructor(source) {
    this.#source = source;
  }

  /**
   * Show a list. The present list stays until the first page of the new list is there. If the list is the same, because
   * a run has grown, the other pages stay until they are loaded again.
   *
   * @param {string} run
   * @param {{f: ItemFilter, q: string, b: string | null}} query
   */
  async show(run, query) {
    const turn = (this.#turn += 1);
    try {
      const page = await this.#source.items(run, { ...query, offset: 0, limit: PAGE });
      if (turn !== this.#turn) return;
      this.#shown = { run, query };
      this.#asked = new Set([0]);
      const list = JSON.stringify([run, query]);
      this.#rows = [page.rows, ...(list === this.list ? this.#rows.slice(1) : [])];
      this.total = page.total;
      this.counts = page.counts;
      this.longest = Math.max(0, ...page.rows.map(({ index }) => index.length));
      this.problem = '';
      this.list = list;
    } catch (error) {
      if (turn === this.#turn) this.problem = /** @type {Error} */ (error).message;
    }
  }

  /**
   * Return the item at a place of the list; undefined if it is not loaded yet.
   *
   * @param {number} place
   */
  at = (place) => this.#rows[Math.floor(place / PAGE)]?.[place % PAGE];

  /**
   * Load the pages of these places. An effect that calls this method runs again when the list was loaded again.
   *
   * @param {number} from
   * @param {number} to exclusive
   */
  need(from, to) {
    void this.#rows;
    for (let page = Math.floor(from / PAGE); page * PAGE < Math.min(to, this.total); page += 1)
      if (!this.#asked.has(page)) this.#load(page);
  }

  /** @param {number} page */
  async #load(page) {
    const shown = this.#shown;
    if (!shown) return;
    const asked = this.#asked.add(page);
    try {
      const { rows } = await this.#source.items(shown.run, { ...shown.query, offset: page * PAGE, limit: PAGE });
      if (asked !== this.#asked) return;
      const all = [...this.#rows];
      all[page] = rows;
      this.#rows = all;
    } catch (error) {
      asked.delete(page);
      this.problem = /** @type {Error} */ (error).message;
    }
  }
}
