// Sends what waits and takes what comes. Storage, network, clock and lock are handed in, so that it runs at a desk.
import { readChanges, readPushAnswer, readWellness } from './answers.js'
import { isHeld, reopened } from './outbox.js'
import { doubt, freeze, freezeTallies, isInFlight, offerAgain, takeAck, takeInto, thingOf } from './things.js'

const BATCH = 50
const BATCH_CHARACTERS = 60_000 // at most four bytes each: below the server's 256 kB
const BROKEN_TWICE = 2 // a server that broke once may have been restarting
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000]
const LONGEST_WAIT_MS = 60_000 // whoever answers “later” may not be our server

/** Codes of an op that was set aside on this tablet, by what the server answered to it alone. */
const CODES = { bad: 'not_understood', smaller: 'too_large', broken: 'failed' }

/** The server was reached and gave no usable answer; `wait` in seconds when it named one. */
class TryLater extends Error {
  constructor(kind, wait = null) {
    super(kind)
    this.kind = kind
    this.wait = wait
  }
}

/** As many ops as the server takes at once; always at least one. */
export function fit(ops, limit) {
  if (limit === Infinity) return ops
  let characters = 0
  const count = ops.findIndex((op) => (characters += JSON.stringify(op).length) > BATCH_CHARACTERS)
  return ops.slice(0, Math.max(1, Math.min(limit, count < 0 ? ops.length : count)))
}

/**
 * Freeze the next batch in one transaction, oldest note first.
 * @param {import('./store.js').Transaction} tx
 */
async function freezeBatch(tx, { newId, at, limit, isHeldBack }) {
  const stored = (await tx.all()).sort((a, b) => (a.born < b.born ? -1 : 1))
  const known = new Map(stored.map((note) => [note.id, note]))
  const notes = stored.map((note) => reopened(note, (id) => known.has(id)))
  for (const note of notes) if (note !== known.get(note.id)) tx.put(note)
  // A second note that was deleted before it was sent stays here, where it can be brought back: it delays nothing.
  const missing = new Set(notes.filter((note) => !note.server && !(note.deleted && !note.sent)).map(({ id }) => id))
  const steps = notes
    .filter((note) => isInFlight(note) || !isHeldBack(note.id))
    .map((note) => freeze(note, newId, { at, isOnServer: (id) => !missing.has(id) }))
    .filter(Boolean)
  const ops = fit(steps.map(({ op }) => op), limit)
  for (const { note } of steps.slice(0, ops.length)) tx.put(note)
  return ops
}

/** Notice another history of the server: every row is in doubt and the cursor starts anew. Returns whether it is one. */
async function noticeRestore(tx, epoch, isBehind = false) {
  const cursor = await tx.recall('cursor')
  if (!cursor?.epoch || (cursor.epoch === epoch && !isBehind)) return false
  for (const note of await tx.all()) tx.put(doubt(note, epoch))
  tx.keep('cursor', { epoch, seq: 0, restored: true })
  return true
}

/** Take rows and move the cursor, in one transaction. Returns whether the server's history is another one now. */
async function takeRows(tx, { epoch, seq, ...rows }, isBehind = false) {
  if (await noticeRestore(tx, epoch, isBehind)) return true
  const cursor = (await tx.recall('cursor')) ?? { seq: 0 }
  await takeInto(tx, rows)
  tx.keep('cursor', { ...cursor, epoch, seq: Math.max(seq, cursor.seq) })
  return false
}

/** A restored server has shown all it knows: offer the rest again. Returns whether it was restored. */
async function offerRest(tx) {
  const cursor = await tx.recall('cursor')
  if (!cursor?.restored) return false
  for (const note of await tx.all()) {
    const next = offerAgain(note)
    if (next === null) tx.remove(note.id)
    else if (next !== note) tx.put(next)
  }
  tx.keep('cursor', { epoch: cursor.epoch, seq: cursor.seq })
  return true
}

async function takeAcks(tx, acks, ops) {
  const noteOf = new Map(ops.map((op) => [op.op, thingOf(op)]))
  for (const ack of acks) {
    const note = await tx.get(noteOf.get(ack.op))
    if (!note) continue
    const next = takeAck(note, ack)
    if (next === null) tx.remove(note.id)
    else tx.put(next)
  }
}

/**
 * @param {object} parts
 * @param {ReturnType<import('./net.js').createNet>} parts.net
 * @param {{transact: Function, recall: Function}} parts.store
 * @param {(work: () => Promise<void>) => Promise<void>} parts.lock  one tab pushes at a time
 * @param {() => string} parts.newId
 * @param {() => string} parts.clock  ISO time, corrected by the server's
 * @param {(id: string) => boolean} [parts.isHeldBack]  a note under the fingers rests between two sends
 * @param {() => boolean} [parts.maySend]  whether it is certain who is signed in: nobody sends another one's notes
 * @param {(news: object) => void} [parts.report]
 *   {link: 'online'|'offline'|'signin'|'gone'|'other'|'bad'|'unreadable', sentence?, failures?, acks?, isRestored?} · {sending}
 * @param {(work: () => void, ms: number) => any} [parts.later]  setTimeout
 * @param {(code: string) => string} [parts.sentenceOf]  why an op was set aside here, when the server did not say
 */
export function createSync({
  net, store, lock, newId, clock, isHeldBack = () => false, maySend = () => true, report = () => {},
  later = (work, ms) => setTimeout(work, ms), sentenceOf = (code) => code,
}) {
  let limit = BATCH
  let failures = 0
  let broken = 0 // answers 500 in a row
  let running = null
  let again = false
  let timer = null
  let dueAt = Infinity

  /** Throttle, not debounce: a fast typist would never be sent. */
  function kick(ms = 200) {
    const due = Date.now() + ms
    if (due >= dueAt) return
    clearTimeout(timer)
    dueAt = due
    timer = later(() => {
      dueAt = Infinity
      return send()
    }, ms)
  }

  /** Whether the answer may be the fault of one op: then smaller batches find it. */
  function isSuspicious(verdict) {
    broken = verdict.kind === 'broken' ? broken + 1 : 0
    return ['bad', 'smaller'].includes(verdict.kind) || broken >= BROKEN_TWICE
  }

  /** The server takes everything but this op: it needs a person, and the others go on. */
  async function setAside(op, { kind, sentence }) {
    const code = CODES[kind]
    const ack = { op: op.op, status: 'refused', code, sentence: sentence || sentenceOf(code), note: null }
    await store.transact((tx) => takeAcks(tx, [ack], [op]))
    report({ acks: [ack] })
  }

  /** What to do after an answer without acks: halve the batch until one op is left, which is asked about alone. */
  async function judge(verdict, ops) {
    if (isSuspicious(verdict)) {
      limit = Math.ceil(ops.length / 2)
      if (ops.length > 1) return
      if (readWellness(await net.push([]))) return setAside(ops[0], verdict)
    }
    if (verdict.kind === 'bad') report({ link: 'bad', sentence: verdict.sentence })
    throw new TryLater(verdict.kind, verdict.wait)
  }

  /** Send one batch. Returns false when nothing waits. */
  async function pushOnce() {
    if (!maySend()) return false
    const ops = await store.transact((tx) => freezeBatch(tx, { newId, at: clock(), limit, isHeldBack }))
    if (!ops.length) return false
    report({ sending: ops.length })
    const verdict = readPushAnswer(await net.push(ops), ops)
    if (verdict.kind !== 'acks') {
      await judge(verdict, ops)
      return true
    }
    const isRestored = await store.transact(async (tx) => {
      const isAnother = await noticeRestore(tx, verdict.epoch)
      await takeAcks(tx, verdict.acks, ops)
      return isAnother
    })
    if (limit === BATCH) broken = 0 // until then the search for the op that breaks it goes on
    limit = Math.min(BATCH, limit * 2)
    failures = 0
    report({ link: 'online', acks: verdict.acks })
    if (isRestored || !(await store.recall('cursor'))?.epoch) later(pull, 0)
    return true
  }

  function fail(error) {
    const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]
    failures += 1
    report({ link: linkOf(error), failures })
    kick(error.wait ? Math.min(error.wait * 1000, LONGEST_WAIT_MS) : wait * (0.75 + Math.random() / 2))
  }

  async function pushAll() {
    do {
      again = false
      await lock(async () => {
        while (await pushOnce());
      })
    } while (again)
  }

  /** Send everything that waits. One run at a time; a call during a run makes it go round once more. */
  async function send() {
    if (running) {
      again = true
      return running
    }
    running = pushAll().catch(fail).finally(() => {
      running = null
      report({ sending: 0 })
    })
    return running
  }

  /** Take rows from the stream or from `changes`. */
  async function take(rows) {
    if (await store.transact((tx) => takeRows(tx, rows))) await pull()
  }

  /** Ask what the organiser has decided about held ops: an op sent again is answered by its id and does nothing. */
  async function askHeld() {
    const held = (await store.transact((tx) => tx.all())).filter(isHeld)
    const ops = fit(held.flatMap((note) => note.held.map(({ op }) => op)), BATCH)
    if (!ops.length || !maySend()) return
    try {
      const verdict = readPushAnswer(await net.push(ops), ops)
      if (verdict.kind === 'acks') await store.transact((tx) => takeAcks(tx, verdict.acks, ops))
    } catch {
      // no connection: the next look asks again
    }
  }

  /** Fetch what is missing. Returns whether the server answered. */
  async function pull() {
    try {
      let more = true
      while (more) {
        const cursor = await store.recall('cursor')
        const rows = readChanges(await net.changes(cursor?.seq ?? 0))
        if (rows.kind !== 'rows') throw new TryLater(rows.kind, rows.wait)
        const isBehind = rows.seq < (cursor?.seq ?? 0) // it lost what we have read
        const isRestored = await store.transact((tx) => takeRows(tx, rows, isBehind))
        more = isRestored || rows.more
      }
      const isRestored = await store.transact(offerRest)
      report({ ...(failures === 0 && { link: 'online' }), isRestored })
      return true
    } catch (error) {
      report({ link: linkOf(error), failures })
      return false
    }
  }

  return {
    kick,
    send,
    pull,
    take,
    askHeld,
    /** Whether what waits cannot be sent: then an answer to another question does not mean that all is well. */
    isFailing: () => failures > 0,
    since: async () => (await store.recall('cursor'))?.seq ?? 0,
    /** Freeze all that waits, so that a saved copy names the ops by the ids they will be sent with. */
    freezeAll: () => store.transact(async (tx) => {
      const ops = await freezeBatch(tx, { newId, at: clock(), limit: Infinity, isHeldBack: () => false })
      return [...ops.filter((op) => op.do !== 'tally'), ...(await freezeTallies(tx))]
    }),
  }
}

/** "Later" and "smaller" mean that the server is there; one that breaks gives no answer of use. */
const LINKS = { later: 'online', smaller: 'online', broken: 'unreadable' }

/** What a failure says about the line; a store that fails says nothing. */
function linkOf(error) {
  if (error instanceof DOMException) return undefined
  return error instanceof TryLater ? LINKS[error.kind] ?? error.kind : 'offline'
}
