/** The two sources of data, with one interface: the data of an exported file, and the server. */

import { exported } from './exported.js';
import { server } from './server.js';

/**
 * Return the source of data of this page.
 *
 * @returns {import('./types.js').Source}
 */
export function source() {
  const inlined = document.getElementById('swm-data')?.textContent;
  return inlined ? exported(JSON.parse(inlined)) : server();
}
