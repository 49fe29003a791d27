// One tablet without a screen: the shipped outbox, sync, answers and net, over a store in a file, driven by lines of JSON.
//
//   node device.mjs '{"code": "file:///…/notepad/", "file": "…", "origin": "http://127.0.0.1:…", "group": "…",
//                     "cookies": "…", "name": "Ilaria", "ids": "seed of the ids"}'
//
// Each line of stdin is an act: {"id": 7, "act": "edit", …}. Of an act that changes something, stdout tells first what
// it is about to change, {"id": 7, "trying": {…}}, and, once it is in the file, {"id": 7, "done": {…}}. Between them the
// process may be killed. {"acked": [ops]} tells which ops the device has forgotten because the server stored them.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** How much faster than on a tablet the waits between two tries go by. */
const PACE = 20
/** Time limits of requests, less so: a busy server is not a dead one. */
const PATIENCE = 4
const POLL_MS = 5000

const told = JSON.parse(process.argv[2])
const say = (news) => process.stdout.write(`${JSON.stringify(news)}\n`)
const limitOf = AbortSignal.timeout.bind(AbortSignal)
AbortSignal.timeout = (ms) => limitOf(ms / PATIENCE)

const part = (name) => import(new URL(name, told.code))
const [{ createNet }, { createSync }, outbox, things, confirming] =
  await Promise.all(['net.js', 'sync.js', 'outbox.js', 'things.js', 'confirming.js'].map(part))
const { blank, change, discardRefused, dot, needsPerson, secondOf, setDeleted, settle, shown } = outbox
const { isNote, isUnsent } = things

let drawn = 0
function newId() {
  const hex = createHash('sha256').update(`${told.ids}:${drawn += 1}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

/** A store with the transactions of store.js: one after the other, all or nothing, on the disk before they resolve. */
function openFile(path) {
  let state = { notes: new Map(), meta: new Map() }
  let last = Promise.resolve()

  function apply({ put = [], remove = [], keep = {} }) {
    for (const note of put) state.notes.set(note.id, note)
    for (const id of remove) state.notes.delete(id)
    for (const [key, value] of Object.entries(keep)) state.meta.set(key, value)
  }

  /** A line without its end was being written when the device was killed: it never happened. */
  function replay() {
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : []
    for (const line of lines) apply(JSON.parse(line))
    const fresh = openSync(`${path}.new`, 'w')
    const whole = { put: [...state.notes.values()], keep: Object.fromEntries(state.meta) }
    writeSync(fresh, `${JSON.stringify(whole)}\n`)
    fdatasyncSync(fresh)
    closeSync(fresh)
    renameSync(`${path}.new`, path)
  }

  replay()
  const file = openSync(path, 'a')

  async function run(work) {
    const draft = { notes: new Map(state.notes), meta: new Map(state.meta) }
    const written = { put: new Set(), remove: new Set(), keep: {} }
    const result = await work({
      get: async (id) => structuredClone(draft.notes.get(id)),
      all: async () => [...draft.notes.values()].map((note) => structuredClone(note)),
      put(note) {
        draft.notes.set(note.id, structuredClone(note))
        written.put.add(note.id)
        written.remove.delete(note.id)
      },
      remove(id) {
        draft.notes.delete(id)
        written.remove.add(id)
        written.put.delete(id)
      },
      recall: async (key) => draft.meta.get(key),
      keep(key, value) {
        draft.meta.set(key, value)
        written.keep[key] = value
      },
    })
    const put = [...written.put].map((id) => draft.notes.get(id))
    if (put.length || written.remove.size || Object.keys(written.keep).length) {
      writeSync(file, `${JSON.stringify({ put, remove: [...written.remove], keep: written.keep })}\n`)
      fdatasyncSync(file)
    }
    state = draft
    return result
  }

  return {
    transact(work) {
      const mine = last.then(() => run(work))
      last = mine.catch(() => {})
      return mine
    },
    recall: async (key) => state.meta.get(key),
    notes: () => [...state.notes.values()].filter(isNote),
    confirmations: () => [...state.notes.values()].filter(confirming.isConfirmation),
  }
}

const store = openFile(told.file)
const shipped = createNet(told.group, {
  cookies: () => told.cookies,
  fetch: (url, options = {}) =>
    fetch(told.origin + url, { ...options, headers: { ...options.headers, Cookie: told.cookies, Connection: 'close' } }),
})

const bodies = new Map()
const net = {
  ...shipped,
  push(ops, author) {
    for (const op of ops) bodies.set(op.op, op)
    return shipped.push(ops, author)
  },
}

let locked = Promise.resolve()
const sync = createSync({
  net, store, newId,
  lock: (work) => (locked = locked.catch(() => {}).then(work)),
  clock: () => new Date().toISOString(),
  later: (work, ms) => setTimeout(work, ms / PACE),
  report({ acks = [] }) {
    const stored = acks.filter(({ status }) => status === 'stored').map(({ op }) => bodies.get(op)).filter(Boolean)
    if (stored.length) say({ acked: stored })
  },
})
setInterval(() => sync.pull(), POLL_MS / PACE)

const view = (note) => shown(note, told.name)
const byBirth = (a, b) => (a.born < b.born || (a.born === b.born && a.id < b.id) ? -1 : 1)

/** One of the notes that fit, chosen by a number between 0 (the oldest) and 1; null when there is none. */
function choose(at, fits) {
  const found = store.notes().sort(byBirth).filter((note) => fits(note, view(note)))
  return found.length ? found[Math.min(found.length - 1, Math.floor(at * found.length))] : null
}

const isOf = (whose, { by }) => whose === 'any' || (whose === 'own') === (by === told.name)
const isCalm = (note, { deleted, variants }) => !deleted && !variants.length && !note.refused.length
const isWaiting = (note) => needsPerson(note)
const textsOf = ({ text, variants }) => [text, ...variants.map((variant) => variant.text)]

/** Change one note in a transaction of its own, as the pad's `changeNote` does, and kick the sending. */
async function changed(id, note, work, about) {
  say({ id, trying: { note: note.id, ...about } })
  await store.transact(async (tx) => {
    const here = await tx.get(note.id)
    const next = here && work(here)
    if (next === null) tx.remove(note.id)
    else if (next && next !== here) tx.put(next)
  })
  sync.kick()
  return { note: note.id }
}

/** The answers of a conflict card, as conflict.js gives them. */
async function decide(id, { at, how }) {
  const note = choose(at, (own, { deleted, variants }) => !deleted && variants.length > 0 && !own.refused.length)
  if (!note) return null
  const seen = view(note)
  const [variant] = seen.variants
  const [yours, theirs] = variant.by === told.name ? [variant.text, seen.text] : [seen.text, variant.text]
  if (how !== 'both') {
    const text = how === 'mine' ? yours : theirs
    return changed(id, note, (own) => settle(own, [variant.op], { text }), { saw: [yours, theirs], text })
  }
  say({ id, trying: { note: note.id, second: variant.text } })
  await store.transact(async (tx) => {
    const own = await tx.get(note.id)
    if (!(await tx.get(variant.op))) tx.put(secondOf(own, variant, new Date().toISOString()))
    tx.put(settle(own, [variant.op], { after: variant.op }))
  })
  sync.kick()
  return { note: note.id }
}

/** What is too long is written shorter; another refusal is given up, and told. */
async function mend(id, { at, text }) {
  const note = choose(at, (own) => own.refused.length > 0)
  if (!note) return null
  const saw = [view(note).text]
  const isTooLong = note.refused.every(({ code }) => code === 'text_too_long')
  return {
    ...await changed(id, note, (own) => (isTooLong ? change(own, { text }) : discardRefused(own)), isTooLong ? { saw, text } : {}),
    codes: isTooLong ? [] : note.refused,
  }
}

const acts = {
  async add(id, { fields }) {
    const note = blank(newId(), new Date().toISOString())
    say({ id, trying: { note: note.id } })
    await store.transact(async (tx) => tx.put(change(note, fields)))
    sync.kick()
    return { note: note.id }
  },
  edit(id, { at, whose, text, note: wanted }) {
    const note = choose(at, (own, seen) => isCalm(own, seen) && (wanted ? own.id === wanted : isOf(whose, seen)))
    if (!note) return null
    const seen = view(note).text
    return changed(id, note, (own) => change(own, { text }, { text: seen }), { saw: [seen], text })
  },
  /** Kind; and theme or question, which is where a note stands on the board. */
  place(id, { at, fields }) {
    const note = choose(at, isCalm)
    return note && changed(id, note, (own) => change(own, fields), {})
  },
  remove(id, { at }) {
    const note = choose(at, isCalm)
    return note && changed(id, note, (own) => setDeleted(own, true), { saw: textsOf(view(note)) })
  },
  bringBack(id, { at }) {
    const note = choose(at, (own, { deleted }) => deleted)
    return note && changed(id, note, (own) => setDeleted(own, false), {})
  },
  dot(id, { at }) {
    const note = choose(at, isCalm)
    return note && changed(id, note, (own) => dot(own, 1), {})
  },
  /** The table hears all its notes and confirms them. */
  async confirm(id, { session, people }) {
    const heard = store.notes().filter((note) => isCalm(note, view(note))).map(view)
    if (!heard.length) return null
    const made = confirming.confirmNotes({ op: newId(), session, notes: heard, people, at: new Date().toISOString() })
    say({ id, trying: { confirmation: made.op } })
    await store.transact(async (tx) => tx.put(made))
    sync.kick()
    return { confirmation: made.op }
  },
  decide,
  mend,
  async sync() {
    await sync.send()
    await sync.pull()
    const notes = store.notes()
    return {
      unsent: [...notes, ...store.confirmations()].filter((thing) => isUnsent(thing) && !thing.refused.length).length,
      refused: notes.filter((note) => note.refused.length).length,
      needs: notes.filter(isWaiting).length,
      seq: (await store.recall('cursor'))?.seq ?? 0,
    }
  },
  /** Everything the person could look at; a note deleted before it was ever sent is nowhere. */
  async notes() {
    return store.notes().map((note) => ({ ...view(note), isKnown: note.server !== null })).filter((note) => note.isKnown || !note.deleted)
  },
  /** All confirmations, with what each is worth here now; one that the server refused has no row. */
  async confirmations() {
    const notes = new Map(store.notes().map((note) => [note.id, note]))
    return store.confirmations().map((thing) => {
      const { changed, added } = confirming.worthOf(thing, notes)
      return { id: thing.op, ...thing.server, changed: [...changed].sort(), added: [...added].sort() }
    })
  },
}

say({ ready: true })
for await (const line of createInterface({ input: process.stdin })) {
  const { id, act, ...asked } = JSON.parse(line)
  // Not awaited: a person goes on writing while the network is slow.
  Promise.resolve(acts[act](id, asked)).then(
    (done) => say({ id, done }),
    (error) => say({ id, failed: String(error?.stack ?? error) }),
  )
}
