// One note as this tablet holds it, and every way it may change. Pure: no storage, no network, no clock.

/** Values of a note that nobody has written yet. */
const EMPTY = {
  session: null, prompt: null, kind: null, theme: null, lang: null, text: '', initiative: null, rating: null,
  backers: null, disagreed: null, same_as: null,
}

/**
 * @typedef {Record<string, {from?: any, to: any}>} Changes  field -> what was seen before, what it becomes
 * @typedef {{op: string, note: string, do: 'set'|'delete'|'restore'|'dot'|'settle'|'correct', written_at?: string,
 *   set?: Changes, add?: 1|-1, variants?: string[], knew?: number}} Op
 * @typedef {{id: string, seq: number, revision: number, base?: number, deleted: boolean, text: string, dots: number, by: string,
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
 * @property {{from: string, to: string}|null} [correction]  the words the room agreed on, not yet in an op
 * @property {{op: Op, code: string, sentence: string}[]} refused  ops the server cannot take as they are
 * @property {{op: Op, code: string, sentence: string}[]} [held]  ops the server keeps for the organiser to decide
 * @property {string} doubted  the name of the history of a restored server that has not shown this note again; else ''
 * @property {boolean} [isMarked]  whether rows of the doubted history say, as `base`, what they hold of the earlier one
 * @property {Partial<Op>[]} [owed]  ops with ids that make good what a restored server forgot beside the fields
 * @property {number} [knew]  the revision of the earlier history that the next change of fields offers again; else 0
 */

/** @returns {Note} */
export function blank(id, born) {
  return {
    id, born, server: null, local: {}, sent: null, later: null, deleted: null, dots: 0, settle: null, refused: [],
    doubted: '', owed: [], held: [], correction: null,
  }
}

const owedOf = (note) => note.owed ?? [] // notes kept by an earlier release have none
const heldOf = (note) => note.held ?? []
const correctionOf = (note) => note.correction ?? null
/** Whether an op that makes something good is about the note's own text, and not about a second one. */
const isOwnText = (op) => typeof op.set?.text.from === 'string'
const asChange = (correction) => correction && { text: correction }
const hasAny = (object) => Object.keys(object).length > 0

/** Whether the server refused to create this note: then every field travels again, together. */
const isRefusedAtBirth = (note) => !note.server && note.refused.some(({ op }) => op.set?.session)

/** The fields a held note was made with; while it waits, each later change has to make it again. */
const birthOf = (note) => (note.server ? null : heldOf(note).find(({ op }) => op.set?.session)?.op.set)

/** Whether the organiser has something of this note to decide. */
export const isHeld = (note) => heldOf(note).length > 0

/** The note as a person should see it: the server's row under what was changed here. */
export function shown(note, me = '') {
  const view = { ...EMPTY, dots: 0, variants: [], by: me, written_at: note.born, deleted: false, ...note.server }
  const layers = [
    ...heldOf(note).map(({ op }) => op.set), note.sent?.set, ...note.refused.map(({ op }) => op.set), note.settle?.set,
    note.local, ...owedOf(note).filter(isOwnText).map(({ set }) => set), asChange(correctionOf(note)),
  ]
  for (const changes of layers) {
    for (const [field, { to }] of Object.entries(changes ?? {})) view[field] = to
  }
  const leaving = new Set([...(note.sent?.variants ?? []), ...(note.settle?.variants ?? [])])
  view.variants = view.variants.filter(({ op }) => !leaving.has(op))
  const owedDots = owedOf(note).reduce((sum, { add = 0 }) => sum + add, 0)
  view.dots = Math.max(0, view.dots + (note.sent?.add ?? 0) + note.dots + owedDots)
  if (note.sent?.do === 'delete') view.deleted = true
  if (note.sent?.do === 'restore') view.deleted = false
  view.deleted = note.deleted ?? view.deleted
  return { ...view, said_before: saidBefore(note), id: note.id }
}

/** What the note said before each correction in plenary, the first one first. */
function saidBefore(note) {
  const ops = [...heldOf(note).map(({ op }) => op), note.sent, ...owedOf(note)].filter((op) => op?.do === 'correct')
  const texts = [...(note.server?.corrections ?? []), ...ops.map(({ set }) => set.text), correctionOf(note)].filter(Boolean)
  return texts.map(({ from }) => from)
}

/** What the field was before this change, as far as the server can know it; undefined for a note it does not know. */
function valueBefore(note, field, seen) {
  const refused = note.refused.find(({ op }) => op.set && field in op.set)
  if (field in note.local) return note.local[field].from
  if (refused) return refused.op.set[field].from
  if (note.settle?.set?.[field]) return note.settle.set[field].to
  if (note.sent?.set?.[field]) return note.sent.set[field].to
  const held = [...heldOf(note)].reverse().find(({ op }) => op.set && field in op.set)
  if (held) return held.op.set[field].to
  if (field in seen) return seen[field]
  return note.server?.[field]
}

/** A text after corrections that are still to be made good: it follows them. */
function writeOn(note, text) {
  const isAfter = (op) => isOwnText(op) && op.do === 'set'
  const owed = owedOf(note).filter((op) => !isAfter(op))
  const from = owedOf(note).find(isAfter)?.set.text.from ?? owed.findLast(isOwnText).set.text.to
  return { ...note, owed: [...owed, { do: 'set', set: { text: { from, to: text } } }] }
}

/** The refusals that a person answers by changing these fields: what else they carried travels again with the answer. */
function answeredBy(note, fields) {
  const isBirth = isRefusedAtBirth(note)
  return note.refused.filter(({ op }) => op.set && (isBirth || fields.some((field) => field in op.set)))
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
  const { text, ...others } = values
  if (text !== undefined && correctionOf(note)) return change({ ...note, correction: { ...note.correction, to: text } }, others, seen)
  if (text !== undefined && owedOf(note).some(isOwnText)) return change(writeOn(note, text), others, seen)
  const answered = answeredBy(note, Object.keys(values))
  const local = Object.assign({}, ...answered.map(({ op }) => op.set), note.local)
  const isUnknown = !note.server && !note.sent && !birthOf(note)
  for (const [field, to] of Object.entries(values)) {
    const from = valueBefore(note, field, seen)
    if (from === to && !isUnknown) delete local[field]
    else local[field] = isUnknown || from === undefined ? { to } : { from, to }
  }
  const deleted = note.deleted && 'text' in values ? false : note.deleted // edit beats delete, here as on the server
  return { ...note, local, deleted, knew: 0, refused: note.refused.filter((refusal) => !answered.includes(refusal)) }
}

/**
 * The room has put the note right: an op of its own, so that what was said before stays with the note.
 * @returns {Note}
 */
export function correct(note, text) {
  const { text: before } = shown(note)
  const from = correctionOf(note)?.from ?? before
  return { ...note, correction: text === from ? null : { from, to: text } }
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

/** A link to a note that the server does not know yet waits for it, and holds nothing else up. */
function withoutLink(local, isOnServer) {
  const { same_as: link, ...rest } = local
  return !link?.to || isOnServer(link.to) ? { ready: local, held: {} } : { ready: rest, held: { same_as: link } }
}

/** A decision whose second note is not here any more is open again: its text must not be taken off the first one. */
export const reopened = (note, isHere) =>
  (note.settle?.after && !isHere(note.settle.after) ? { ...note, settle: null } : note)

/**
 * "Keep both": the variant's text as a note of its own. Its id is the variant's, so that two people who decide the same
 * while apart make one second note.
 * @returns {Note}
 */
export function secondOf(note, variant, born) {
  const { session, prompt, kind, theme, lang, initiative } = shown(note)
  return change(blank(variant.op, born), { session, prompt, kind, theme, lang, initiative, text: variant.text })
}

/** What the note would send next, without an id, and the note once that is in flight; null when nothing is ready. */
function nextStep(note, isOnServer) {
  const { local, settle: decision, deleted, dots, server } = note
  if (decision && server && (!decision.after || isOnServer(decision.after))) {
    const { after, ...body } = decision
    return [{ do: 'settle', ...body }, { settle: null }]
  }
  const { ready, held } = withoutLink(local, isOnServer)
  if (hasAny(ready) && (server || (!isRefusedAtBirth(note) && !deleted))) return [{ do: 'set', set: { ...birthOf(note), ...ready } }, { local: held }]
  if (!server) return null
  if (owedOf(note).length) return [owedOf(note)[0], { owed: owedOf(note).slice(1) }]
  if (correctionOf(note)) return [{ do: 'correct', set: asChange(note.correction) }, { correction: null }]
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
  const isOffer = note.knew > 0 && ['set', 'delete'].includes(body.do)
  const op = { op: newId(), note: note.id, ...body, ...(isOffer && { knew: note.knew }), written_at: note.server ? at : note.born }
  return { note: { ...note, ...rest, ...(isOffer && { knew: 0 }), sent: op }, op }
}

/** Whether the server will hear more of this note soon; what it has refused or holds waits for a person. */
export const isOnItsWay = (note) => note.sent !== null || nextStep(note, () => true) !== null

/** Whether something of this note is on this tablet only. */
export function isUnsent(note) {
  if (note.sent || note.refused.length) return true
  if (!note.server) return hasAny(note.local) && !note.deleted
  return hasAny(note.local) || correctionOf(note) !== null || owedOf(note).length > 0 || note.settle !== null || note.deleted !== null || note.dots !== 0
}

/** Whether a person has to look at it: refused by the server, or written twice. */
export const needsPerson = (note) =>
  note.refused.length > 0 || (!shown(note).deleted && shown(note).variants.length > 0)

/** Local changes over a new row: what is there already goes; text keeps its old `from`, so the server keeps both. */
function rebase(local, row) {
  const kept = {}
  for (const [field, { from, to }] of Object.entries(local)) {
    if (row[field] === to) continue
    kept[field] = field === 'text' ? { ...(from !== undefined && { from }), to } : { from: row[field], to }
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

/** The same id on every tablet for the same thing to make good: the server takes it once, whoever offers it first. */
function idOf(...parts) {
  const words = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x85ebca6b]
  for (const character of parts.join(' ')) {
    for (let at = 0; at < 4; at += 1) {
      words[at] = Math.imul(words[at] ^ character.codePointAt(0), 0x01000193 + 2 * at)
      words[at] ^= words[at] >>> 13
    }
  }
  const digits = words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  return [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `a${digits.slice(17, 20)}`, digits.slice(20)].join('-')
}

/** The corrections that a restored server lacks, each under its own id, and what was written after the last one. */
function lackingCorrections(note, row) {
  const made = note.server.corrections ?? []
  const owed = made.filter(({ op }) => !(row.corrections ?? []).some((other) => other.op === op))
    .map(({ op, from, to }) => ({ op, do: 'correct', set: { text: { from, to } } }))
  const last = owed.at(-1)?.set.text.to
  if (last === undefined || last === note.server.text) return owed
  const after = { op: idOf(note.doubted, note.id, 'text'), do: 'set', set: { text: { from: last, to: note.server.text } } }
  return [...owed, after]
}

/** Dots and second texts that a restored server lacks. A second text keeps the id of its op, and so its place. */
function lacking(note, row) {
  const { variants, dots, text } = note.server
  const isThere = (variant) => [row.text, ...row.variants.map((other) => other.text)].includes(variant.text)
  const isDecided = ({ op }) => note.settle?.variants.includes(op)
  const texts = variants.filter((variant) => !isThere(variant) && !isDecided(variant) && variant.text !== text)
    .map((variant) => ({ op: variant.op, do: 'set', set: { text: { from: null, to: variant.text } } }))
  const numbers = Array.from({ length: Math.max(0, dots - row.dots) }, (_, at) => row.dots + at + 1)
  return [...texts, ...numbers.map((number) => ({ op: idOf(note.doubted, note.id, 'dot', number), do: 'dot', add: 1 }))]
}

/** Our text beside one that somebody has written since the restore: a second text, for a person to decide. */
function beside(note, row) {
  const { deleted, text } = note.server
  if (deleted) return [] // they wrote on, and an edit beats a delete
  const isThere = [row.text, ...row.variants.map((variant) => variant.text)].includes(text)
  const own = { op: idOf(note.doubted, note.id, text), do: 'set', set: { text: { from: null, to: text } } }
  return [...(isThere ? [] : [own]), ...lacking(note, row)]
}

const onlyText = ({ text }, row) => (text === row.text ? {} : { text: { from: row.text, to: text } })

/** What this tablet knew to be newer than a row of a restored server. */
function forgotten(note, row) {
  const known = note.server
  const nothing = { local: {}, deleted: null, owed: [], settled: [], knew: 0 }
  if (!note.doubted || !known) return nothing
  const base = (note.isMarked ? row.base : null) ?? row.revision
  if (base >= known.revision) return nothing
  if (row.revision > base) return { ...nothing, owed: beside(note, row) }
  const knew = hasAny(note.local) ? 0 : known.revision
  if (known.deleted) return { ...nothing, local: onlyText(known, row), deleted: true, knew } // its text may be nowhere else
  const owed = [...lackingCorrections(note, row), ...lacking(note, row)]
  const isTextOwed = owed.some(isOwnText)
  const fields = Object.keys(EMPTY).filter((field) => field !== 'session' && row[field] !== known[field])
    .filter((field) => field !== 'text' || !isTextOwed)
  return {
    knew,
    local: Object.fromEntries(fields.map((field) => [field, { from: row[field], to: known[field] }])),
    deleted: known.deleted === row.deleted ? null : known.deleted,
    owed,
    settled: row.variants.map(({ op }) => op).filter((op) => !known.variants.some((variant) => variant.op === op)),
  }
}

function absorb(note, row) {
  const { local: newer, deleted, owed, settled, knew } = forgotten(note, row)
  const open = note.settle ?? (settled.length ? { variants: [] } : null)
  const { decision, local } = rebaseDecision(open && { ...open, variants: [...open.variants, ...settled] }, row)
  const wish = note.deleted ?? deleted
  return {
    ...note,
    server: row,
    correction: correctionOf(note)?.to === row.text ? null : correctionOf(note),
    local: rebase({ ...newer, ...local, ...note.local }, row),
    settle: decision,
    owed: [...owedOf(note), ...owed],
    held: heldOf(note).filter(({ op }) => note.server || !op.set?.session), // accepted: it is a note now
    deleted: wish === row.deleted ? null : wish,
    doubted: '',
    knew,
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

/** The server's word on an op that the organiser had to decide about. */
function takeDecision(note, ack) {
  if (ack.status === 'held') return note
  const decided = heldOf(note).find(({ op }) => op.op === ack.op)
  const next = { ...note, held: heldOf(note).filter((held) => held !== decided) }
  if (ack.status === 'stored') return receive(next, ack.note)
  return { ...next, refused: [...note.refused, { op: decided.op, code: ack.code, sentence: ack.sentence }] }
}

/** Refusals of a server that does not know the note: where the tablet had a row of it, the server was restored. */
const FORGOTTEN = ['unknown_session', 'unknown_note']

/** What we know of a doubted row once our own op is in it: what it says stands for what it was said over. */
function withOwn(note, op) {
  if (!note.doubted || !note.isMarked) return note
  const own = Object.fromEntries(Object.entries(op.set ?? {}).map(([field, { to }]) => [field, to]))
  if (op.do === 'delete' || op.do === 'restore') own.deleted = op.do === 'delete'
  return { ...note, server: { ...note.server, ...own } }
}

/**
 * Take the server's word on the op in flight.
 * @param {Note} note
 * @param {Ack} ack
 * @returns {Note|null} null when nothing of the note is left on this tablet
 */
export function takeAck(note, ack) {
  if (heldOf(note).some(({ op }) => op.op === ack.op)) return takeDecision(note, ack)
  if (note.sent?.op !== ack.op) return ack.note ? receive(note, ack.note) : note
  if (ack.status === 'refused' && note.server && FORGOTTEN.includes(ack.code)) {
    return offerAgain({ ...note, later: null, doubted: note.doubted || 'forgotten' })
  }
  const { sent: op, later } = note
  let next = { ...note, sent: null, later: null }
  if (ack.status === 'stored') next = absorb(withOwn(next, op), ack.note)
  if (ack.status === 'refused') next.refused = [...note.refused, { op, code: ack.code, sentence: ack.sentence }]
  if (ack.status === 'held') next.held = [...heldOf(note), { op, code: ack.code, sentence: ack.sentence }]
  return later && later.seq > (ack.note?.seq ?? 0) ? absorb(next, later) : next
}

/** Give up what the server refused. @returns {Note|null} null when the note never reached the server */
export const discardRefused = (note) => (note.server ? { ...note, refused: [] } : null)

/**
 * The server was restored from a backup: hold each row in doubt until it shows it again.
 * @param {string} epoch  the name of its new history
 * @param {boolean} isMarked  whether its rows say what they hold of the earlier one
 * @returns {Note}
 */
export function doubt(note, epoch, isMarked) {
  const isStill = note.doubted === epoch && note.isMarked // noticed twice, before the first row came
  return note.server ? { ...note, later: null, doubted: epoch, isMarked: isMarked || isStill } : note
}

/** Take the op in flight back into the note. A dot keeps its id: it may have arrived. */
function takeBack(note) {
  const { sent: op } = note
  if (!op) return note
  const next = { ...note, sent: null, later: null }
  if (op.do === 'set' || op.do === 'settle') next.local = { ...op.set, ...note.local }
  if (op.do === 'settle' && !note.settle) next.settle = { variants: op.variants }
  if (op.do === 'correct') next.correction = { from: op.set.text.from, to: correctionOf(note)?.to ?? op.set.text.to }
  if (op.do === 'delete' || op.do === 'restore') next.deleted = note.deleted ?? op.do === 'delete'
  if (op.do === 'dot') next.owed = [...owedOf(note), { op: op.op, do: 'dot', add: op.add }]
  return next
}

/** A restored server does not know this note any more: offer it whole. @returns {Note|null} */
export function offerAgain(note) {
  if (!note.doubted || note.later) return note // a row that waits for an ack shows that it does
  const own = takeBack(note)
  if ((own.deleted ?? own.server.deleted) && !hasAny(own.local)) return null
  const known = Object.entries(own.server).filter(([field, value]) => field in EMPTY && value !== null)
  const fields = Object.fromEntries(known.map(([field, to]) => [field, { to }]))
  const changed = Object.entries({ ...own.settle?.set, ...own.local }).map(([field, { to }]) => [field, { to }])
  const nothing = { text: null, variants: [], dots: 0 }
  const owed = [...owedOf(own), ...lackingCorrections(own, nothing), ...lacking(own, nothing)]
  const [first] = own.server.corrections ?? []
  if (first) fields.text = { to: first.from } // it was written so; the corrections follow
  const local = { ...fields, ...Object.fromEntries(changed) }
  return { ...own, knew: changed.length ? 0 : own.server.revision, server: null, settle: null, deleted: null, doubted: '', owed, local }
}
