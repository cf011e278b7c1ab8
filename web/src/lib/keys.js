/** Keys of the pages. A key does nothing while the reader types or chooses in a field. */

const FIELDS = 'input:not([type=range]), select, textarea, [contenteditable]';

/**
 * Call functions for keys, until the returned function is called.
 *
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by `KeyboardEvent.key`; with Shift, "Shift+" and
 *   `KeyboardEvent.code`
 * @returns {() => void}
 */
export function onKeys(actions) {
  /** @param {KeyboardEvent} event */
  function act(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.matches(FIELDS)) return;
    const action = (event.shiftKey ? actions[`Shift+${event.code}`] : undefined) ?? actions[event.key];
    if (!action) return;
    event.preventDefault();
    action(event);
  }
  addEventListener('keydown', act);
  return () => removeEventListener('keydown', act);
}
