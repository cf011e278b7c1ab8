/** Which reply is shown, and where the answer is in it. */

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
  if (!span || start < 0) return [text, '', ''];
  const [from, to] = [start + span[0], start + span[1]];
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}

/**
 * Return the answer in three parts within the reply without reasoning, if this reply is not verbatim in the raw reply.
 *
 * @param {import('../lib/types.js').ItemResult} result
 * @returns {[string, string, string] | null}
 */
export function separate({ raw, response, span }) {
  if (raw === null || response === null || raw.includes(response)) return null;
  return span ? [response.slice(0, span[0]), response.slice(...span), response.slice(span[1])] : [response, '', ''];
}
