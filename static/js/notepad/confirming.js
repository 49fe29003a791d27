// One confirmation as this tablet holds it: the table heard its notes of a session read aloud and said yes. Pure, like
// outbox.js. It is fixed when it is pressed; a note that changes afterwards makes it partial.
import { shown } from './outbox.js'

/**
 * @typedef {{id: string, session: string, seq: number, by: string, at: string, people: number|null,
 *   notes: Record<string, number>}} ConfirmationRow  `notes`: the revision of each note read, 0 where the server has other words
 *
 * @typedef {object} Confirmation
 * @property {string} id       "confirm:<op>"
 * @property {string} op       the id of its op
 * @property {string} session
 * @property {string} born     when it was pressed here (ISO time)
 * @property {Record<string, string>|null} read  the fingerprint of each note read; null when another tablet made it
 * @property {number|null} people  how many were there, if anybody counted
 * @property {object|null} sent    the op in flight
 * @property {ConfirmationRow|null} server
 * @property {{op: object, code: string, sentence: string}[]} refused
 * @property {{op: object, code: string, sentence: string}[]} held
 * @property {boolean} doubted the server was restored and has not shown it again
 */

export const confirmationId = (op) => `confirm:${op}`

/** Whether a thing of the store is a confirmation. */
export const isConfirmation = (thing) => 'read' in thing

/** FNV-1a of 64 bits over kind, a line feed and text, as the server makes it (docs/sync.md). */
export function fingerprint(kind, text) {
  let said = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(`${kind}\n${text}`)) {
    said = BigInt.asUintN(64, (said ^ BigInt(byte)) * 0x100000001b3n)
  }
  return said.toString(16).padStart(16, '0')
}

/** One that was told by the server, or is just being made. @returns {Confirmation} */
export function emptyConfirmation(op, session, born) {
  return {
    id: confirmationId(op), op, session, born, read: null, people: null, sent: null, server: null, refused: [], held: [], doubted: false,
  }
}

/**
 * The table has heard `notes`, as `shown()` gives them.
 * @returns {Confirmation}
 */
export function confirmNotes({ op, session, notes, people, at }) {
  const read = Object.fromEntries(notes.map(({ id, kind, text }) => [id, fingerprint(kind, text)]))
  return { ...emptyConfirmation(op, session, at), read, people }
}

/** The same out of its op, which a saved copy holds. @returns {Confirmation} */
export const confirmationOf = ({ op, session, notes, people = null, written_at: born = '' }) =>
  ({ ...emptyConfirmation(op, session, born), read: notes, people })

/** The op of a confirmation that was made here. */
export const opOfConfirmation = ({ op, session, read, people, born }) =>
  ({ op, do: 'confirm', session, notes: read, ...(people !== null && { people }), written_at: born })

/** Send it once each note that was read is on the server. @returns {{note: Confirmation, op: object}|null} */
export function freezeConfirmation(thing, isSettled) {
  if (thing.sent) return { note: thing, op: thing.sent }
  if (!isUnsentConfirmation(thing) || thing.refused.length || !Object.keys(thing.read).every(isSettled)) return null
  const op = opOfConfirmation(thing)
  return { note: { ...thing, sent: op }, op }
}

/** Whether it is on this tablet only. */
export const isUnsentConfirmation = (thing) => thing.read !== null && !thing.server && !thing.held.length

/** @returns {Confirmation} */
export const receiveConfirmation = (thing, row) =>
  ({ ...thing, session: row.session, server: row, sent: null, refused: [], held: [], doubted: false })

/** @returns {Confirmation} */
export function takeConfirmationAck(thing, ack) {
  if (ack.status === 'stored') return receiveConfirmation(thing, ack.confirmation)
  const answer = { op: opOfConfirmation(thing), code: ack.code, sentence: ack.sentence }
  const isHeld = ack.status === 'held'
  return { ...thing, sent: null, held: isHeld ? [answer] : [], refused: isHeld ? [] : [answer] }
}

/** A restored server does not show it: whoever made it offers it again. @returns {Confirmation|null} */
export function offerConfirmation(thing) {
  if (!thing.doubted) return thing
  return thing.read ? { ...thing, server: null, sent: null, doubted: false } : null
}

const newestLast = (a, b) => (a.server?.seq ?? Infinity) - (b.server?.seq ?? Infinity) || (a.born < b.born ? -1 : 1)

/** The confirmation of a session that counts: the last one that the server has not refused. */
export const newestOf = (confirmations, session) =>
  [...confirmations].filter((thing) => thing.session === session && !thing.refused.length).sort(newestLast).at(-1) ?? null

/** Whether the words of a note may be others than those that were read. */
function isChanged(thing, id, own) {
  const view = own && shown(own)
  if (!view || view.deleted) return true
  if (!thing.server) return fingerprint(view.kind, view.text) !== thing.read[id]
  const revision = thing.server.notes[id]
  const { server } = own
  // A row kept by an earlier release names no revision of its words; it is older than any confirmation.
  return !server || revision === 0 || (server.words_revision ?? 0) > revision || view.text !== server.text || view.kind !== server.kind
}

/**
 * What a confirmation is worth now.
 * @param {Confirmation} thing
 * @param {Map<string, import('./outbox.js').Note>} notes
 * @returns {{count: number, changed: Set<string>, added: Set<string>}}
 */
export function worthOf(thing, notes) {
  const read = Object.keys(thing.server?.notes ?? thing.read)
  const known = new Set(read)
  const standing = [...notes.values()].map((own) => shown(own)).filter((note) => !note.deleted && note.session === thing.session)
  return {
    count: read.length,
    changed: new Set(read.filter((id) => isChanged(thing, id, notes.get(id)))),
    added: new Set(standing.map(({ id }) => id).filter((id) => !known.has(id))),
  }
}
