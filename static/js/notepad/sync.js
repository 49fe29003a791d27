// Sends what waits and takes what comes. Storage, network, clock and lock are handed in, so that it runs at a desk.
import { createCourier, fit, linkOf, TryLater } from '../shared/courier.js'
import { readChanges, readPushAnswer } from './answers.js'
import { isHeld, reopened } from './outbox.js'
import { doubt, freeze, freezeTallies, isInFlight, isOnItsWay, offerAgain, takeAck, takeInto, thingOf } from './things.js'

/**
 * Freeze the next batch in one transaction, oldest note first.
 * @param {import('../shared/database.js').Transaction} tx
 */
async function freezeBatch(tx, { newId, at, limit, isHeldBack }) {
  const stored = (await tx.all()).sort((a, b) => (a.born < b.born ? -1 : 1))
  const known = new Map(stored.map((note) => [note.id, note]))
  const notes = stored.map((note) => reopened(note, (id) => known.has(id)))
  for (const note of notes) if (note !== known.get(note.id)) tx.put(note)
  // A second note that was deleted before it was sent stays here, where it can be brought back: it delays nothing.
  const missing = new Set(notes.filter((note) => !note.server && !(note.deleted && !note.sent)).map(({ id }) => id))
  const moving = new Set(notes.filter(isOnItsWay).map(({ id }) => id))
  const context = { at, isOnServer: (id) => !missing.has(id), isSettled: (id) => !moving.has(id) }
  const steps = notes
    .filter((note) => isInFlight(note) || !isHeldBack(note.id))
    .map((note) => freeze(note, newId, context))
    .filter(Boolean)
  const ops = fit(steps.map(({ op }) => op), limit)
  for (const { note } of steps.slice(0, ops.length)) tx.put(note)
  return ops
}

/** Notice another history of the server: every row is in doubt and the cursor starts anew. Returns whether it is one. */
async function noticeRestore(tx, epoch, isBehind = false) {
  const cursor = await tx.recall('cursor')
  if (!cursor?.epoch || (cursor.epoch === epoch && !isBehind)) return false
  for (const note of await tx.all()) tx.put(doubt(note, epoch, cursor.epoch !== epoch))
  tx.keep('cursor', { epoch, seq: 0, restored: true })
  return true
}

/**
 * Take rows and move the cursor, in one transaction. `since` is the place they were asked from, undefined for those of
 * the stream: after a restore these may come while what lies before them is still to be read, and leave the cursor alone.
 * @returns {Promise<{isRestored: boolean, isGap: boolean}>}
 */
async function takeRows(tx, { epoch, seq, ...rows }, since = undefined) {
  const place = (await tx.recall('cursor'))?.seq ?? 0
  const isBehind = since === place && seq < since // the server lost what we have read
  if (await noticeRestore(tx, epoch, isBehind)) return { isRestored: true, isGap: false }
  const cursor = (await tx.recall('cursor')) ?? { seq: 0 }
  await takeInto(tx, rows)
  const isGap = since === undefined ? Boolean(cursor.restored) : place < since
  tx.keep('cursor', { ...cursor, epoch, seq: isGap ? place : Math.max(seq, place) })
  return { isRestored: false, isGap }
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
  const courier = createCourier({
    push: net.push, read: readPushAnswer, lock, maySend, report, later, sentenceOf,
    next: (limit) => store.transact((tx) => freezeBatch(tx, { newId, at: clock(), limit, isHeldBack })),
    setAside: (ack, op) => store.transact((tx) => takeAcks(tx, [ack], [op])),
    async take({ epoch, acks }, ops) {
      const isRestored = await store.transact(async (tx) => {
        const isAnother = await noticeRestore(tx, epoch)
        await takeAcks(tx, acks, ops)
        return isAnother
      })
      if (isRestored || !(await store.recall('cursor'))?.epoch) later(pull, 0)
    },
  })

  /** Take rows from the stream or from `changes`. */
  async function take(rows) {
    if ((await store.transact((tx) => takeRows(tx, rows))).isRestored) await pull()
  }

  /** Ask what the organiser has decided about held ops: an op sent again is answered by its id and does nothing. */
  async function askHeld() {
    const held = (await store.transact((tx) => tx.all())).filter(isHeld)
    const ops = fit(held.flatMap((note) => note.held.map(({ op }) => op)))
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
        const since = (await store.recall('cursor'))?.seq ?? 0
        const rows = readChanges(await net.changes(since))
        if (rows.kind !== 'rows') throw new TryLater(rows.kind, rows.wait)
        const { isRestored, isGap } = await store.transact((tx) => takeRows(tx, rows, since))
        more = isRestored || isGap || rows.more
      }
      const isRestored = await store.transact(offerRest)
      report({ ...(!courier.isFailing() && { link: 'online' }), isRestored })
      return true
    } catch (error) {
      report({ link: linkOf(error), failures: courier.failures() })
      return false
    }
  }

  return {
    kick: courier.kick,
    send: courier.send,
    isFailing: courier.isFailing,
    pull,
    take,
    askHeld,
    since: async () => (await store.recall('cursor'))?.seq ?? 0,
    /** Freeze all that waits, so that a saved copy names the ops by the ids they will be sent with. */
    freezeAll: () => store.transact(async (tx) => {
      const ops = await freezeBatch(tx, { newId, at: clock(), limit: Infinity, isHeldBack: () => false })
      return [...ops.filter((op) => op.do !== 'tally'), ...(await freezeTallies(tx))]
    }),
  }
}
