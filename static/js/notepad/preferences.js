// How this tablet likes the page: which hand, how large, how dark, and the language notes are said in.

const KEY = 'tavolo-pad'
const DEFAULTS = { hand: 'right', size: 'normal', dark: 'system', language: null }

function apply({ hand, size, dark }) {
  const { dataset } = document.documentElement
  dataset.hand = hand
  dataset.size = size
  if (dark === 'system') delete dataset.theme
  else dataset.theme = dark
}

export function readPreferences() {
  let kept = {}
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch { /* unreadable or forbidden: the defaults do */ }
  const preferences = { ...DEFAULTS, ...kept }
  apply(preferences)
  return preferences
}

export function keepPreferences(preferences) {
  apply(preferences)
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences))
  } catch { /* private browsing: they last as long as the page */ }
}
