/** The lines of a narrative: its sentences, and the parts between them that made no step. */

/**
 * @typedef {{
 *   key: number, words: string, speaker: string, sentence: import('../lib/types.js').Sentence | null,
 * }} Line sentence: null for text that no step comes from
 */

/** Text between sentences with at least two words. Numbers and names of speakers have fewer. */
const WORDS = /\p{L}{2,}.*\s.*\p{L}{2,}/su;

/**
 * Return all texts of a context that can be found, once each per step, in the order of the steps.
 *
 * @param {import('../lib/types.js').Context} context
 * @param {import('../lib/view.js').Event[]} events
 * @returns {{position: number, text: string}[]}
 */
export function findable({ narrative }, events) {
  const { text: whole = '', sentences = [] } = narrative ?? {};
  const all = [
    ...sentences.map(({ start, end, text, position }) => ({
      position,
      text: start === null || end === null ? (text ?? '') : whole.slice(start, end),
    })),
    ...events.map(({ position, text }) => ({ position, text })),
  ];
  const once = new Map(all.map((one) => [`${one.position} ${one.text.toLowerCase().replace(/\W+$/, '')}`, one]));
  return [...once.values()].sort((one, other) => one.position - other.position);
}

/**
 * @param {NonNullable<import('../lib/types.js').Context['narrative']>} narrative
 * @param {string[]} agents
 * @returns {Line[]}
 */
export function lines({ text, sentences }, agents) {
  /** @type {Line[]} */
  const found = [];
  /** @param {string} words @param {Line['sentence']} sentence @param {string} [before] */
  function add(words, sentence, before = '') {
    const inside = agents.find((name) => words.startsWith(`${name}:`));
    const speaker = inside ?? agents.find((name) => before.trimEnd().endsWith(`${name}:`)) ?? '';
    found.push({ key: found.length, words: words.slice(inside ? inside.length + 1 : 0).trim(), speaker, sentence });
  }
  /** @param {number} start @param {number} end */
  function between(start, end) {
    const words = text.slice(start, end);
    if (end > start && WORDS.test(words)) add(words, null);
  }
  let place = 0;
  for (const sentence of sentences) {
    const { start, end } = sentence;
    if (start === null || end === null) {
      add(sentence.text ?? '', sentence);
      continue;
    }
    between(place, start);
    add(text.slice(start, end), sentence, text.slice(place, start));
    place = Math.max(place, end);
  }
  if (place) between(place, text.length);
  if (!sentences.length) for (const words of text.split(/\n+/)) if (words.trim()) add(words, null);
  return found;
}
