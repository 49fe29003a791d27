// The screen keyboard takes half the page; the composer then shrinks to chips, text and Add.

const SHARE_LEFT = 0.75

/** @returns {() => void} to call when the field gains or loses focus */
export function watchKeyboard() {
  const viewport = window.visualViewport
  const root = document.documentElement
  let width = 0
  let tallest = 0

  function fit() {
    if (!viewport || viewport.scale > 1.01) return // zoomed in by two fingers, no keyboard
    if (viewport.width !== width) tallest = 0
    width = viewport.width
    tallest = Math.max(tallest, viewport.height)
    const isWriting = document.activeElement?.id === 'new-note'
    root.classList.toggle('keyboard', isWriting && viewport.height < tallest * SHARE_LEFT)
    root.style.setProperty('--pad-height', `${viewport.height}px`)
  }

  viewport?.addEventListener('resize', fit)
  fit()
  return fit
}
