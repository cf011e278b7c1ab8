/** Which reply is shown, and where the answer is in it. */

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {[string, string, string]}
 */
const parts = (text, start, end) => [text.slice(0, start), text.slice(start, end), text.slice(end)];

/**
 * Return the raw reply in three parts: before, in and after the extracted answer. If the answer has no place in the raw
 * reply, the first part is the whole reply.
 *
 * @param {import('../lib/types.js').ItemResult} result
 * @returns {[string, string, string] | null}
 */
export function marked({ raw, response, span }) {
  const text = raw ?? response;
  if (text === null) return null;
  const start = response === null ? -1 : text.lastIndexOf(response);
  return span && start >= 0 ? parts(text, start + span[0], start + span[1]) : [text, '', ''];
}

/**
 * Return the answer in three parts within the reply without reasoning, if this reply is not verbatim in the raw reply.
 *
 * @param {import('../lib/types.js').ItemResult} result
 * @returns {[string, string, string] | null}
 */
export function separate({ raw, response, span }) {
  if (raw === null || response === null || raw.includes(response)) return null;
  return span ? parts(response, ...span) : [response, '', ''];
}
