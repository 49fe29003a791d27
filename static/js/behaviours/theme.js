const A_YEAR_S = 365 * 24 * 60 * 60

/** Turns light into dark and back, and remembers the choice in the cookie the server reads for `data-theme`. */
export function switchTheme(root) {
  const page = root.documentElement
  for (const button of root.querySelectorAll('[data-theme-switch]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
      const next = (page.dataset.theme ?? system) === 'dark' ? 'light' : 'dark'
      page.dataset.theme = next
      root.cookie = `theme=${next}; path=/; max-age=${A_YEAR_S}; samesite=lax`
    })
  }
}
