// What the phone keeps. One database for each person at the door and workshop, so that nobody sends another one's ticks,
// and a small one that remembers who was here last, so that the page opens without a connection.
import { openDB } from 'idb'
import { openDatabase } from '../shared/database.js'
import { isUnsent } from './arrivals.js'

const KEPT_AFTER_THE_END_MS = 12 * 3_600_000 // as the server's is_over; for phones that do not hear from it any more

/**
 * @typedef {{key: string, title: string, startsAt: string, endsAt: string, isLeft: boolean, earlier: string[]}} Record
 *   `earlier`: keys of those who were here before
 */

/** The last one at each workshop's door. */
export async function openKnown() {
  const db = await openDB('tavolo-desk', 1, { upgrade: (fresh) => void fresh.createObjectStore('workshops') })
  return {
    /** @returns {Promise<Record|undefined>} */
    recall: (workshop) => db.get('workshops', workshop),
    /** @returns {Promise<string[]>} */
    workshops: () => db.getAllKeys('workshops'),
    async keep({ me: { key }, workshop: { id, title, starts_at: startsAt, ends_at: endsAt } }) {
      const last = await db.get('workshops', id)
      const earlier = [...new Set([...(last?.earlier ?? []), ...(last ? [last.key] : [])])].filter((one) => one !== key)
      await db.put('workshops', { key, title, startsAt, endsAt, isLeft: false, earlier }, id)
    },
    /** Whoever stood here goes; what is unsent stays in their store, and nothing here opens it. */
    async leave(workshop) {
      const last = await db.get('workshops', workshop)
      if (last) await db.put('workshops', { ...last, isLeft: true }, workshop)
    },
    forget: (workshop) => db.delete('workshops', workshop),
  }
}

/** @type {Parameters<typeof openDatabase>[0]['steps']} */
const STEPS = [
  (db) => {
    db.createObjectStore('arrivals', { keyPath: 'id' })
    db.createObjectStore('meta')
  },
]

const nameOf = (key, workshop) => `tavolo-desk:${key}:${workshop}`

/**
 * The store of one person at one door; see `openDatabase`. Meta holds "list" (the server's, as last told) and "no", the
 * number of the last thing.
 * @param {string} key  `me.key` of the list
 */
export const openStore = (key, workshop, waits) =>
  openDatabase({ name: nameOf(key, workshop), things: 'arrivals', steps: STEPS }, waits)

/** Erase the names of a workshop unless its page is open or something is only here. Returns whether they are gone. */
async function eraseIfDone(key, workshop) {
  const erase = async (lock) => {
    if (lock === null) return false
    const store = await openStore(key, workshop)
    if ((await store.all()).some(isUnsent)) {
      store.close()
      return false
    }
    await store.erase()
    return true
  }
  const name = `${nameOf(key, workshop)}:used`
  return navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, erase) : erase()
}

/** Workshops that are over: what was sent goes from this phone. */
export async function sweep(known, now) {
  for (const workshop of await known.workshops()) {
    const { key, endsAt, earlier } = await known.recall(workshop)
    if (Date.parse(endsAt) + KEPT_AFTER_THE_END_MS >= now) continue
    const isGone = await Promise.all([key, ...earlier].map((one) => eraseIfDone(one, workshop)))
    if (isGone.every(Boolean)) await known.forget(workshop)
  }
}
