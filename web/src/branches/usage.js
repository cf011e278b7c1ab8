/** Calls, tokens and US$ in words. */

import { counted, dollars } from '../lib/words.js';

/** @param {{calls: number, tokens: number, cost: number | null}} usage */
export const usageInWords = ({ calls, tokens, cost }) =>
  `${counted(calls, 'call')}, ${counted(tokens, 'token')}, US$ ${dollars(cost)}`;
