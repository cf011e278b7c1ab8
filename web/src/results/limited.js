/**
 * Return a function that runs asynchronous work, at most `most` pieces at a time, in the order of the calls.
 *
 * @param {number} most
 */
export function limited(most) {
  /** @type {(() => Promise<unknown>)[]} */
  const waiting = [];
  let running = 0;

  function next() {
    const work = running < most ? waiting.shift() : undefined;
    if (!work) return;
    running += 1;
    work().finally(() => {
      running -= 1;
      next();
    });
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push(() => work().then(resolve, reject));
      next();
    });
}
