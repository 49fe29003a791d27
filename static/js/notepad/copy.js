// A copy of the notes as a file: for the moment when a tablet cannot send and has to be given back.
import { isUnsentConfirmation, opOfConfirmation } from './confirming.js'
import { freezeWhole } from './counting.js'
import { freeze, isUnsent, shown } from './outbox.js'

/**
 * Every op of a note that waits, in the order they go: what was refused, the one in flight with the id it is sent with,
 * and what follows it. An op that follows gets an id of its own here, and another one when it is sent: values that are
 * set twice stay the same. A dot would not, so one behind another change is not in the copy.
 */
function opsOf(note, newId, at) {
  const ops = note.refused.map(({ op }) => op)
  const next = (own) => freeze(own, newId, { at, isOnServer: () => false })
  const first = next(note)
  for (let step = first; step && (step === first || step.op.do !== 'dot'); step = next({ ...step.note, sent: null, server: step.note.server ?? {} })) {
    ops.push(step.op)
  }
  return ops
}

/**
 * The saved copy, as docs/sync.md shows it. `ops` are what waits, with the ids they are sent with: whoever imports them
 * and the tablet that sends them later cannot double a note.
 */
export function copyOf({ kit, notes, tallies = [], confirmations = [], draft, at, newId }) {
  const oldestFirst = [...notes].sort((a, b) => (a.born < b.born ? -1 : 1))
  return {
    format: 'tavolo-notes', version: 1, saved_at: at,
    workshop: { id: kit.workshop.id, title: kit.workshop.title },
    group: { id: kit.group.id, name: kit.group.name },
    by: kit.me.name,
    ops: [
      ...oldestFirst.filter(isUnsent).flatMap((note) => opsOf(note, newId, at)),
      ...tallies.flatMap((tally) => freezeWhole(tally).ops),
      ...confirmations.filter(isUnsentConfirmation).map(opOfConfirmation),
    ],
    draft: draft?.text ? draft : null,
    notes: oldestFirst.map((own) => ({ ...shown(own, kit.me.name), unsent: isUnsent(own) })),
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
