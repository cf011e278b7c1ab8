/** Names, groups and pairs of runs. */

/** @typedef {import('../lib/types.js').RunEntry} RunEntry */

/** @param {RunEntry} run */
export const contextsBy = (run) => (run.context_model ? `contexts by ${run.context_model}` : '');

/**
 * Return the model without the address of its endpoint. Folders that older software wrote do not name their model.
 *
 * @param {RunEntry} run
 */
export const modelOf = (run) => run.model.replace(/@https?:\S+$/, '') || 'unknown model';

/** @param {RunEntry} run */
const plainName = (run) => [modelOf(run), run.mode, contextsBy(run)].filter(Boolean).join(' · ');

/**
 * Return the name of the folder of a run, if another run on the same data has the same model, mode and contexts;
 * otherwise an empty text.
 *
 * @param {RunEntry} run
 * @param {RunEntry[]} runs
 */
export const folderOf = (run, runs) =>
  runs.some((other) => other.id !== run.id && other.dataset === run.dataset && plainName(other) === plainName(run))
    ? run.name
    : '';

/**
 * @param {RunEntry} run
 * @param {RunEntry[]} runs all runs, among which the name must be unique
 */
export const nameOf = (run, runs) => [plainName(run), folderOf(run, runs)].filter(Boolean).join(' · ');

/** Gains are differences from the run in this mode. */
const REFERENCE = 'vanilla';

/**
 * @param {RunEntry} one
 * @param {RunEntry} other
 */
const byName = (one, other) =>
  one.model.localeCompare(other.model, 'en', { numeric: true }) ||
  Number(one.mode !== REFERENCE) - Number(other.mode !== REFERENCE) ||
  plainName(one).localeCompare(plainName(other), 'en', { numeric: true }) ||
  one.name.localeCompare(other.name, 'en', { numeric: true });

/**
 * Return runs by benchmark and data set, in the order of the first run of each group. In a group, the runs are in the
 * order of their models, and the reference for gains is the first run of its model.
 *
 * @param {RunEntry[]} runs
 */
export function grouped(runs) {
  /** @type {Map<string, RunEntry[]>} */
  const groups = new Map();
  for (const run of runs) {
    const key = JSON.stringify([run.benchmark, run.dataset]);
    const members = groups.get(key);
    if (members) members.push(run);
    else groups.set(key, [run]);
  }
  return [...groups].map(([key, members]) => ({ key, runs: members.sort(byName) }));
}

/**
 * Return why two runs cannot be compared; empty if they may be compared. The server has the last word.
 *
 * @param {RunEntry | undefined} a
 * @param {RunEntry} b
 */
export function whyNot(a, b) {
  if (!a) return 'Choose run A first';
  if (a.id === b.id) return 'This run is A';
  const different = [
    a.benchmark !== b.benchmark && 'benchmark',
    a.dataset !== b.dataset && 'data set',
    a.scorer !== b.scorer && 'scorer',
  ].filter(Boolean);
  return different.length ? `Not comparable with A: another ${different.join(', ')}` : '';
}
