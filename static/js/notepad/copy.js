// A copy of the notes as a file: for the moment when a tablet cannot send and has to be given back.
import { isUnsent, shown } from './outbox.js'

/**
 * The saved copy. `ops` are what waits, with the ids they will be sent with: whoever imports them and the tablet that
 * sends them later cannot double a note.
 */
export function copyOf({ kit, notes, ops, at }) {
  return {
    format: 'tavolo-notes', version: 1, saved_at: at,
    workshop: { id: kit.workshop.id, title: kit.workshop.title },
    group: { id: kit.group.id, name: kit.group.name },
    by: kit.me.name, ops,
    notes: notes.map((own) => ({ ...shown(own, kit.me.name), unsent: isUnsent(own) })),
  }
}

/** Hand a file to the browser. */
export function download(name, content) {
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
