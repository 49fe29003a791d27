import { fetchPart } from '../shared/part.js'

const EVERY_MS = 2000

/**
 * Keep the progress card of a compile fresh: `data-compile` says how it stands, `data-compile-from` where the card comes
 * from. When it stands otherwise the page is read again. Without script there is a link that does the same.
 */
export function followCompile(root) {
  const card = root.querySelector('[data-compile="waiting"]')
  if (card) setTimeout(() => refresh(card), EVERY_MS)
}

async function refresh(card) {
  const fresh = await fetchPart(card.dataset.compileFrom, '[data-compile]')
  if (fresh && fresh.dataset.compile !== card.dataset.compile) {
    location.reload()
    return
  }
  if (fresh) card.replaceWith(fresh)
  const shown = fresh ?? card
  setTimeout(() => refresh(shown), EVERY_MS)
}
