// Clocks run on this device against the server's end time; the server's "now" corrects a device whose clock is wrong.

const LAST_MINUTES_MS = 5 * 60_000

/** `125000` gives `"2:05"`; nothing is left below zero. @param {number} ms */
export function left(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** How far along `now` is between two moments, 0 to 1. */
export const gone = (from, to, now) => Math.min(1, Math.max(0, (now - from) / Math.max(1, to - from)))

/**
 * Draw all clocks and bars below `root` once a second.
 * @param {ParentNode} root
 * @param {{onEnd?: () => void}} [hooks]  `onEnd` is called once for each clock that says `data-then-refresh`
 */
export function runClocks(root, { onEnd = () => {} } = {}) {
  let offset = 0
  const ended = new Set()

  function draw() {
    const now = Date.now() + offset
    for (const clock of root.querySelectorAll('[data-ends-at]')) {
      const rest = Date.parse(clock.dataset.endsAt) - now
      const text = left(rest)
      if (clock.textContent !== text) clock.textContent = text
      if (clock.dataset.lastClass) clock.classList.toggle(clock.dataset.lastClass, rest <= LAST_MINUTES_MS)
      if (rest <= 0 && 'thenRefresh' in clock.dataset && !ended.has(clock.dataset.endsAt)) {
        ended.add(clock.dataset.endsAt)
        onEnd()
      }
    }
    for (const holder of root.querySelectorAll('[data-bar-from]')) {
      const [bar, rect] = [holder.querySelector('svg'), holder.querySelector('rect')]
      const share = gone(Date.parse(holder.dataset.barFrom), Date.parse(holder.dataset.barTo), now)
      rect?.setAttribute('width', String(Math.round(share * bar.viewBox.baseVal.width)))
    }
  }

  function setServerNow() {
    const told = root.querySelector('[data-now]')?.dataset.now
    if (told) offset = Date.parse(told) - Date.now()
    draw()
  }

  setServerNow()
  setInterval(draw, 1000)
  return { setServerNow }
}
