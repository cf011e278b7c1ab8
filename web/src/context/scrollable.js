/**
 * Make an element that scrolls reachable by keyboard, and only as long as it scrolls. The element needs a role and a
 * name. Use it as an attachment.
 *
 * @param {HTMLElement} node
 */
export function scrollable(node) {
  const watch = new ResizeObserver(() => {
    const scrolls = node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight;
    if (scrolls) node.tabIndex = 0;
    else node.removeAttribute('tabindex');
  });
  for (const part of [node, ...node.children]) watch.observe(part);
  return () => watch.disconnect();
}
