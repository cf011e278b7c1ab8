/** The page of what-if branches, as a file that is loaded when it opens. */

export { default as BranchesPage } from '../branches/Page.svelte';
