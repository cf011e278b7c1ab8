/** The pages of runs, as one file that is loaded when the first of them opens. */

export { default as ItemPage } from '../item/Page.svelte';
export { default as ResultsPage } from '../results/Page.svelte';
