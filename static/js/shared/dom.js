// Small tools for making elements. Text goes in as text nodes only, so no Trusted Types policy is needed for it.

const SVG = 'http://www.w3.org/2000/svg'

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false))
  return element
}

/**
 * `h('button', {type: 'button', onclick: add}, 'Add')`: attributes, and listeners under `on…`. Null and false vanish.
 * @param {string} tag
 * @returns {any}
 */
export const h = (tag, props = {}, ...children) => fill(document.createElement(tag), props, children)

/** The same for SVG. */
export const svg = (tag, props = {}, ...children) => fill(document.createElementNS(SVG, tag), props, children)

/** A Lucide icon out of the sprite, decorative: a word always stands beside it. */
export const icon = (name) => svg('svg', { class: 'icon', 'aria-hidden': 'true' },
  svg('use', { href: `${document.body.dataset.icons}#${name}` }))

/** Show `children` in `element`, unless it shows the same already (`key` names what is shown). */
export function show(element, key, children) {
  const name = JSON.stringify(key)
  if (element.shownKey === name) return
  element.shownKey = name
  element.replaceChildren(...children().flat().filter(Boolean))
}

/** "Ilaria Fontana" gives "IF". */
export const initials = (name) => name.split(/\s+/).map((part) => part[0]).slice(0, 2).join('').toUpperCase()

/** A random UUID, also where the page has no secure context and so no `crypto.randomUUID`. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
