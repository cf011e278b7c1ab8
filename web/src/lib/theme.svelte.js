/** Light or dark: the setting of the system, until the reader switches. */

const dark = matchMedia('(prefers-color-scheme: dark)');
let chosen = $state(/** @type {'light' | 'dark' | null} */ (null));
let system = $state(dark.matches);
dark.addEventListener('change', () => (system = dark.matches));

export const theme = {
  get dark() {
    return chosen === null ? system : chosen === 'dark';
  },
  switch() {
    chosen = theme.dark ? 'light' : 'dark';
    document.documentElement.dataset.theme = chosen;
  },
};
