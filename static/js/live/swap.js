// Putting a fresh copy of a page's parts in place of the old one, without taking anything out of a person's hands.

const opened = (part) => [...part.querySelectorAll('details[open][id]')].map((details) => details.id)

/** Replace one element, keeping what was open in it and where the focus was; `prepare` comes before the focus. */
function replace(old, fresh, prepare) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : ''
  const open = opened(old)
  old.replaceWith(fresh)
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  prepare()
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
}

const partsOf = (root) => new Map([...root.querySelectorAll('[data-part]')].map((part) => [part.dataset.part, part]))

/** Remember the parts as the server wrote them, before a script changes one: an equal copy then replaces nothing. */
export function rememberParts(root) {
  for (const part of partsOf(root).values()) part.dataset.was = part.outerHTML
}

/**
 * Replace the parts (`data-part`) that differ; when other parts are there than before, replace the whole.
 * @param {Element} current
 * @param {Element} fresh  of another document; its parts are taken out
 * @param {{held?: Set<string>, prepare?: () => void}} [wishes]  names of parts to leave as they are; what scripts do to new parts
 */
export function swapParts(current, fresh, { held = new Set(), prepare = () => {} } = {}) {
  const [before, after] = [partsOf(current), partsOf(fresh)]
  const isSameShape = before.size === after.size && [...before.keys()].every((name) => after.has(name))
  if (!isSameShape) return replace(current, document.adoptNode(fresh), prepare)
  if (fresh.dataset.now) current.dataset.now = fresh.dataset.now
  for (const [name, part] of before) {
    const wanted = after.get(name)
    // Compared as the server wrote it: clocks and buttons that scripts changed do not count.
    if (held.has(name) || part.dataset.was === wanted.outerHTML) continue
    const was = wanted.outerHTML
    const adopted = document.adoptNode(wanted)
    adopted.dataset.was = was
    replace(part, adopted, prepare)
  }
}
