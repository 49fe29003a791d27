import { fetchPart } from '../shared/part.js'

const NAMED = /^#(notes-[\w-]+)$/

/** The name of the notes that an address shows, `notes-…`; empty for any other address. */
export const namedBy = (hash) => NAMED.exec(hash)?.[1] ?? ''

/**
 * How the address loses its notes when the drawer closes: 'back' to where it was opened from, 'replace' where it was opened
 * with the page, and nothing where the address has changed already.
 */
export function wayOut({ hash, state, shown }) {
  if (!shown || namedBy(hash) !== shown) return ''
  return state?.drawer ? 'back' : 'replace'
}

/**
 * The notes behind a finding, `<details data-notes="address">`, open in the page's <dialog data-drawer>: beside the text,
 * on a phone from below. They come from `data-notes`, a page that shows them without script too. The address names them
 * (#notes-…, the id of what the details hold), so it can be passed on, and Back closes them. What cannot be fetched opens
 * in its place, as it does without script.
 */
export function openDrawer(root) {
  const dialog = root.querySelector('dialog[data-drawer]')
  if (!dialog) return
  const drawer = new Drawer(root, dialog)
  root.addEventListener('click', (event) => drawer.press(event))
  dialog.addEventListener('click', (event) => drawer.turn(event))
  dialog.addEventListener('close', () => drawer.closed())
  addEventListener('popstate', () => drawer.follow())
  drawer.follow()
}

class Drawer {
  #shown = ''
  #asked = ''

  constructor(root, dialog) {
    this.root = root
    this.dialog = dialog
    this.title = dialog.querySelector('[data-drawer-title]')
    this.body = dialog.querySelector('[data-drawer-body]')
    this.waiting = [...this.body.childNodes]
  }

  /** A closed summary opens the drawer; one that is open closes in its place, as ever. */
  press(event) {
    const details = event.target.closest('summary')?.parentElement
    if (!details?.dataset.notes || details.open) return
    event.preventDefault()
    history.pushState({ drawer: true }, '', `#${details.querySelector('[id^="notes-"]').id}`)
    this.follow()
  }

  /** Beside the drawer closes it; its pages of notes turn in it. */
  turn(event) {
    if (event.target === this.dialog) return this.dialog.close()
    const link = event.target.closest('a[rel=next], a[rel=prev]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.#fill(link.href, () => location.assign(link.href))
  }

  /** Show what the address names. */
  follow() {
    const name = namedBy(location.hash)
    if (name === this.#shown) return
    if (this.dialog.open) this.dialog.close()
    const details = name && this.root.getElementById(name)?.closest('details[data-notes]')
    if (details) this.#show(name, details)
  }

  #show(name, details) {
    const title = details.closest('article').querySelector('.said-title')
    this.title.replaceChildren(...[...title.cloneNode(true).childNodes])
    this.title.lang = title.lang || this.root.documentElement.lang
    this.#shown = name
    details.open = false // the browser opens what an address names
    this.dialog.showModal()
    details.closest('article').scrollIntoView({ block: 'nearest' })
    this.#fill(details.dataset.notes, () => {
      this.dialog.close()
      details.open = true
    })
  }

  async #fill(href, instead) {
    this.#asked = href
    this.body.ariaBusy = 'true'
    this.body.replaceChildren(...this.waiting)
    const part = await fetchPart(href, '[data-notes-behind]')
    if (this.#asked !== href || !this.dialog.open) return
    this.body.ariaBusy = 'false'
    if (!part) return instead()
    const elsewhere = this.dialog.contains(this.root.activeElement) && !this.body.contains(this.root.activeElement)
    this.body.replaceChildren(part)
    this.body.scrollTop = 0
    if (!elsewhere) this.body.focus()
  }

  /** The focus goes back to what opened it, and the address to what it was. */
  closed() {
    if (this.dialog.open) return // others already
    const [name, details] = [this.#shown, this.root.getElementById(this.#shown)?.closest('details')]
    const way = wayOut({ hash: location.hash, state: history.state, shown: name })
    this.#shown = this.#asked = ''
    if (way === 'back') history.back()
    if (way === 'replace') history.replaceState(null, '', location.pathname + location.search)
    details?.querySelector('summary').focus({ preventScroll: true })
  }
}
