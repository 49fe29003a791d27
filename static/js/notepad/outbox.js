// One note as this tablet holds it, and every way it may change. Pure: no storage, no network, no clock.

/** Values of a note that nobody has written yet. */
const EMPTY = {
  session: null, prompt: null, kind: null, theme: null, lang: null, text: '', initiative: null, rating: null,
}

/**
 * @typedef {Record<string, {from?: any, to: any}>} Changes  field -> what was seen before, what it becomes
 * @typedef {{op: string, note: string, do: 'set'|'delete'|'restore'|'dot'|'settle', written_at?: string,
 *   set?: Changes, add?: 1|-1, variants?: string[]}} Op
 * @typedef {{id: string, seq: number, revision: number, deleted: boolean, text: string, dots: number, by: string,
 *   written_at: string, variants: {op: string, text: string, by: string, at: string}[]} & Record<string, any>} Row
 * @typedef {{op: string, status: 'stored'|'refused'|'held', code?: string, sentence?: string, note: Row|null}} Ack
 *
 * @typedef {object} Note
 * @property {string} id       made on the device that wrote the note first
 * @property {string} born     when it was first seen here (ISO time); fixes its place on the board
 * @property {Row|null} server the last row from the server
 * @property {Changes} local   fields changed since, not yet in an op
 * @property {Op|null} sent    the one op in flight; its id never changes
 * @property {Row|null} later  the newest row that came while `sent` waited
 * @property {boolean|null} deleted  a wish to delete (true) or to bring back (false)
 * @property {number} dots     dots given (or taken back, below zero) and not yet in an op
 * @property {{variants: string[], set?: Changes, after?: string}|null} settle  a decision on a conflict; `after` names
 *   the note that must reach the server first, because it carries the text the decision takes away
 * @property {{op: Op, code: string, sentence: string}[]} refused  ops the server cannot take as they are
 * @property {boolean} doubted the server was restored and has not shown this note again
 */

/** @returns {Note} */
export function blank(id, born) {
  return {
    id, born, server: null, local: {}, sent: null, later: null, deleted: null, dots: 0, settle: null, refused: [],
    doubted: false,
  }
}

const hasAny = (object) => Object.keys(object).length > 0

/** Whether the server refused to create this note: then every field travels again, together. */
const isRefusedAtBirth = (note) => !note.server && note.refused.some(({ op }) => op.set)

/** The note as a person should see it: the server's row under what was changed here. */
export function shown(note, me = '') {
  const view = { ...EMPTY, dots: 0, variants: [], by: me, written_at: note.born, deleted: false, ...note.server }
  const layers = [note.sent?.set, ...note.refused.map(({ op }) => op.set), note.settle?.set, note.local]
  for (const changes of layers) {
    for (const [field, { to }] of Object.entries(changes ?? {})) view[field] = to
  }
  const leaving = new Set([...(note.sent?.variants ?? []), ...(note.settle?.variants ?? [])])
  view.variants = view.variants.filter(({ op }) => !leaving.has(op))
  view.dots = Math.max(0, view.dots + (note.sent?.add ?? 0) + note.dots)
  if (note.sent?.do === 'delete') view.deleted = true
  if (note.sent?.do === 'restore') view.deleted = false
  view.deleted = note.deleted ?? view.deleted
  return { ...view, id: note.id }
}

/** What the field was before this change, as far as the server can know it; undefined for a note it does not know. */
function valueBefore(note, field, seen) {
  const refused = note.refused.find(({ op }) => op.set && field in op.set)
  if (field in note.local) return note.local[field].from
  if (refused) return refused.op.set[field].from
  if (note.settle?.set?.[field]) return note.settle.set[field].to
  if (note.sent?.set?.[field]) return note.sent.set[field].to
  if (field in seen) return seen[field]
  return note.server?.[field]
}

/** Take a refused change of these fields off the note: the person has answered it. */
function withoutRefused(note, fields) {
  return note.refused.flatMap((refusal) => {
    if (!refusal.op.set) return [refusal]
    const kept = Object.entries(refusal.op.set).filter(([field]) => !fields.includes(field))
    return kept.length ? [{ ...refusal, op: { ...refusal.op, set: Object.fromEntries(kept) } }] : []
  })
}

/**
 * Change fields. `seen` holds the values the editor was showing, so that what another tablet wrote under the cursor
 * meanwhile is not overwritten: the server sees that `from` is not its value and keeps both.
 * @param {Note} note
 * @param {Record<string, any>} values
 * @param {Record<string, any>} [seen]
 * @returns {Note}
 */
export function change(note, values, seen = {}) {
  const local = {}
  if (isRefusedAtBirth(note)) for (const { op } of note.refused) Object.assign(local, op.set)
  Object.assign(local, note.local)
  const isUnknown = !note.server && !note.sent
  for (const [field, to] of Object.entries(values)) {
    const from = valueBefore(note, field, seen)
    if (from === to && !isUnknown) delete local[field]
    else local[field] = isUnknown || from === undefined ? { to } : { from, to }
  }
  const refused = isRefusedAtBirth(note) ? [] : withoutRefused(note, Object.keys(values))
  return { ...note, local, refused }
}

/** Delete or bring back. @returns {Note} */
export const setDeleted = (note, deleted) => ({ ...note, deleted })

/** One dot more (1) or fewer (-1); never below zero. @returns {Note} */
export function dot(note, add) {
  return add < 0 && shown(note).dots === 0 ? note : { ...note, dots: note.dots + add }
}

/**
 * Decide a conflict. Without `text` the server's text stays; with `after`, wait until that note is on the server.
 * @returns {Note}
 */
export function settle(note, variants, { text, after } = {}) {
  const { text: dropped, ...local } = note.local
  if (text === undefined) return { ...note, settle: { variants, ...(after && { after }) } }
  const from = note.sent?.set?.text ? note.sent.set.text.to : note.server.text
  return { ...note, local, settle: { variants, ...(text !== from && { set: { text: { from, to: text } } }) } }
}

/** What the note would send next, without an id, and the note once that is in flight; null when nothing is ready. */
function nextStep(note, isOnServer) {
  const { local, settle: decision, deleted, dots, server } = note
  if (decision && server && (!decision.after || isOnServer(decision.after))) {
    const { after, ...body } = decision
    return [{ do: 'settle', ...body }, { settle: null }]
  }
  if (hasAny(local) && (server || (!isRefusedAtBirth(note) && !deleted))) return [{ do: 'set', set: local }, { local: {} }]
  if (!server) return null
  if (deleted !== null) return [{ do: deleted ? 'delete' : 'restore' }, { deleted: null }]
  if (dots !== 0) return [{ do: 'dot', add: Math.sign(dots) }, { dots: dots - Math.sign(dots) }]
  return null
}

/**
 * Freeze the next op of a note. While one is in flight it is the only one, and it is sent again unchanged.
 * @param {Note} note
 * @param {() => string} newId
 * @param {{isOnServer?: (id: string) => boolean, at?: string}} [context]  `at`: the corrected clock, only a label
 * @returns {{note: Note, op: Op}|null}
 */
export function freeze(note, newId, { isOnServer = () => true, at = note.born } = {}) {
  if (note.sent) return { note, op: note.sent }
  const step = nextStep(note, isOnServer)
  if (!step) return null
  const [body, rest] = step
  const op = { op: newId(), note: note.id, ...body, written_at: note.server ? at : note.born }
  return { note: { ...note, ...rest, sent: op }, op }
}

/** Whether something of this note is on this tablet only. */
export function isUnsent(note) {
  if (note.sent || note.refused.length) return true
  if (!note.server) return hasAny(note.local) && !note.deleted
  return hasAny(note.local) || note.settle !== null || note.deleted !== null || note.dots !== 0
}

/** Whether a person has to look at it: refused by the server, or written twice. */
export const needsPerson = (note) =>
  note.refused.length > 0 || (!shown(note).deleted && shown(note).variants.length > 0)

/** Local changes over a new row: what is there already goes; text keeps its old `from`, so the server keeps both. */
function rebase(local, row) {
  const kept = {}
  for (const [field, { from, to }] of Object.entries(local)) {
    if (row[field] === to) continue
    kept[field] = { from: field === 'text' && from !== undefined ? from : row[field], to }
  }
  return kept
}

/** A decision over a new row: variants that are gone need none; a text somebody chose stays a change of the text. */
function rebaseDecision(decision, row) {
  if (!decision) return { decision, local: {} }
  const open = decision.variants.filter((op) => row.variants.some((variant) => variant.op === op))
  if (open.length) return { decision: { ...decision, variants: open }, local: {} }
  return { decision: null, local: decision.set ?? {} }
}

/** What this tablet knew to be newer than a row of a restored server. */
function newerHere(note, row) {
  if (!note.doubted || !note.server || row.revision >= note.server.revision || row.deleted) return {}
  const fields = Object.keys(EMPTY).filter((field) => field !== 'session' && row[field] !== note.server[field])
  return Object.fromEntries(fields.map((field) => [field, { from: row[field], to: note.server[field] }]))
}

function absorb(note, row) {
  const { decision, local } = rebaseDecision(note.settle, row)
  return {
    ...note,
    server: row,
    local: rebase({ ...newerHere(note, row), ...local, ...note.local }, row),
    settle: decision,
    deleted: note.deleted === row.deleted ? null : note.deleted,
    doubted: false,
  }
}

/**
 * Take a row the server pushed. While an op is in flight rows wait, because its ack carries the merged one.
 * @param {Note} note
 * @param {Row} row
 * @returns {Note}
 */
export function receive(note, row) {
  if (note.sent) return row.seq > (note.later?.seq ?? 0) ? { ...note, later: row } : note
  if (note.server && !note.doubted && row.seq <= note.server.seq) return note
  return absorb(note, row)
}

/**
 * Take the server's word on the op in flight.
 * @param {Note} note
 * @param {Ack} ack
 * @returns {Note|null} null when nothing of the note is left on this tablet
 */
export function takeAck(note, ack) {
  if (note.sent?.op !== ack.op) return ack.note ? receive(note, ack.note) : note
  const { sent: op, later } = note
  let next = { ...note, sent: null, later: null }
  if (ack.status === 'stored') next = absorb(next, ack.note)
  if (ack.status === 'refused') next.refused = [...note.refused, { op, code: ack.code, sentence: ack.sentence }]
  if (ack.status === 'held' && !note.server) {
    if (!hasAny(note.local)) return null
    next.local = { ...op.set, ...note.local }
  }
  return later && later.seq > (ack.note?.seq ?? 0) ? absorb(next, later) : next
}

/** Give up what the server refused. @returns {Note|null} null when the note never reached the server */
export const discardRefused = (note) => (note.server ? { ...note, refused: [] } : null)

/** The server was restored from a backup: hold each row in doubt until it shows it again. @returns {Note} */
export const doubt = (note) => (note.server ? { ...note, doubted: true } : note)

/** A restored server does not know this note any more: offer it whole. @returns {Note|null} */
export function offerAgain(note) {
  if (!note.doubted) return note
  if (note.server.deleted && !hasAny(note.local)) return null
  const known = Object.entries(note.server).filter(([field, value]) => field in EMPTY && value !== null)
  const fields = Object.fromEntries(known.map(([field, to]) => [field, { to }]))
  const local = Object.fromEntries(Object.entries(note.local).map(([field, { to }]) => [field, { to }]))
  return { ...note, server: null, settle: null, doubted: false, local: { ...fields, ...local } }
}
