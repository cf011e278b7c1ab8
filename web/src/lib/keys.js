/** Keys of the pages. A key does nothing while the reader types or chooses in a field, or while a dialog is open. */

const FIELDS = 'input:not([type=range]), select, textarea, [contenteditable], dialog *, dialog';

/**
 * Call functions for keys, until the returned function is called.
 *
 * @param {Record<string, (event: KeyboardEvent) => void>} actions by `KeyboardEvent.key`, or by "Shift+" and
 *   `KeyboardEvent.code`. The key decides first: on some keyboards, "/" and digits need Shift.
 * @returns {() => void}
 */
export function onKeys(actions) {
  /** @param {KeyboardEvent} event */
  function act(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target instanceof Element && event.target.matches(FIELDS)) return;
    const action = actions[event.key] ?? (event.shiftKey ? actions[`Shift+${event.code}`] : undefined);
    if (!action) return;
    event.preventDefault();
    action(event);
  }
  addEventListener('keydown', act);
  return () => removeEventListener('keydown', act);
}
