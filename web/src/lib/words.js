/** Words and numbers as the pages show them. */

/** @param {number | null | undefined} value a share from 0 to 1 */
export const percent = (value) => (value == null ? '–' : (100 * value).toFixed(1));

/** @param {number | null | undefined} value a difference of shares */
export const points = (value) =>
  value == null ? '–' : (value < 0 ? '−' : '+') + Math.abs(100 * value).toFixed(1);

/** @param {number | null | undefined} p */
export const pValue = (p) => (p == null ? '–' : p < 0.001 ? '< 0.001' : p.toFixed(3));

/** @param {number | null | undefined} cost US$ */
export const dollars = (cost) => (cost == null ? 'unknown' : cost === 0 ? '0' : cost < 0.01 ? cost.toPrecision(2) : cost.toFixed(2));

const numbers = new Intl.NumberFormat('en');

/**
 * @param {number} number
 * @param {string} one
 * @param {string} [several]
 */
export const counted = (number, one, several = `${one}s`) => `${numbers.format(number)} ${number === 1 ? one : several}`;

/**
 * @param {string[]} names
 * @param {string} [word]
 */
export const listed = (names, word = 'and') =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;

/**
 * Show a name of a thing without the underscores of templated stories.
 *
 * @param {string} name
 */
export const nice = (name) => name.replaceAll('_', ' ');
