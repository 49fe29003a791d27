// What the tablet keeps. One database for each author and group, so that nobody sends another person's notes, and a
// small one that remembers who wrote here last, so that the page opens without a connection.
import { openDB } from 'idb'
import { openDatabase, troubleOf } from '../shared/database.js'
import { blank } from './outbox.js'

export { troubleOf }

/**
 * The last author and kit of each group on this tablet, and who wrote there before.
 * @typedef {{key: string, kit: object|null, isLeft: boolean, earlier: {key: string, isTaken?: boolean}[]}} Record
 *   `isLeft`: this author has left, and the page does not open for anybody without asking the server
 */
export async function openKnown() {
  const db = await openDB('tavolo', 1, { upgrade: (fresh) => void fresh.createObjectStore('groups') })
  const recall = (group) => db.get('groups', group)
  const write = async (group, change) => {
    const last = await recall(group)
    if (last) await db.put('groups', { ...last, ...change(last) }, group)
  }
  return {
    /** @returns {Promise<Record|undefined>} */
    recall,
    /** Every group this tablet has opened. @returns {Promise<string[]>} */
    groups: () => db.getAllKeys('groups'),
    /** Remember the kit; an author who is another one now joins the earlier ones. */
    async keep(group, kit) {
      const last = await recall(group)
      const writers = [...(last?.earlier ?? []), ...(last ? [{ key: last.key }] : [])]
      const earlier = [...new Map(writers.map((writer) => [writer.key, writer])).values()].filter(({ key }) => key !== kit.me.key)
      await db.put('groups', { key: kit.me.key, kit, isLeft: false, earlier }, group)
    },
    /** The author goes: what they wrote stays in their store, and nothing here opens it. */
    leave: (group) => write(group, () => ({ kit: null, isLeft: true })),
    /** Somebody has said that this earlier author's notes are to be sent. */
    mark: (group, key) => write(group, ({ earlier }) => ({ earlier: earlier.map((one) => (one.key === key ? { ...one, isTaken: true } : one)) })),
    /** Nothing of this earlier author is left. */
    drop: (group, key) => write(group, ({ earlier }) => ({ earlier: earlier.filter((one) => one.key !== key) })),
  }
}

export const nameOf = (author, group) => `tavolo:${author}:${group}`

/** @type {Parameters<typeof openDatabase>[0]['steps']} */
const STEPS = [
  (db) => {
    db.createObjectStore('notes', { keyPath: 'id' })
    db.createObjectStore('meta')
  },
  async function fillInFieldsAddedSince(db, tx) {
    const notes = tx.objectStore('notes')
    for (const note of await notes.getAll()) await notes.put({ ...blank(note.id, note.born), ...note })
  },
]

/**
 * The store of one author at one table; see `openDatabase`. Meta holds "cursor" {epoch, seq} and "draft".
 * @param {string} author  `me.key` of the kit
 * @param {string} group
 * @param {() => void} [waits]
 */
export const openStore = (author, group, waits) =>
  openDatabase({ name: nameOf(author, group), things: 'notes', steps: STEPS }, waits)
