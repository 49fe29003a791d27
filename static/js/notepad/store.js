// What the tablet keeps. One database for each author and group, so that nobody sends another person's notes, and a
// small one that remembers who wrote here last, so that the page opens without a connection.
import { deleteDB, openDB } from 'idb'
import { blank } from './outbox.js'

/**
 * @typedef {object} Transaction  await nothing but these inside a transaction: IndexedDB would close it
 * @property {(id: string) => Promise<import('./outbox.js').Note|undefined>} get
 * @property {() => Promise<import('./outbox.js').Note[]>} all
 * @property {(note: import('./outbox.js').Note) => void} put
 * @property {(id: string) => void} remove
 * @property {(key: string) => Promise<any>} recall   "cursor" {epoch, seq} · "draft"
 * @property {(key: string, value: any) => void} keep
 */

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

/**
 * What a failed write or read of the tablet's storage means; null when it was something else.
 * @returns {'full'|'broken'|null}
 */
export function troubleOf(error) {
  if (!(error instanceof DOMException)) return null
  return error.name === 'QuotaExceededError' ? 'full' : 'broken'
}

const fails = () => {} // the transaction fails with it, and says so once

function handles(tx, changed) {
  const notes = tx.objectStore('notes')
  const meta = tx.objectStore('meta')
  return {
    get: (id) => notes.get(id),
    all: () => notes.getAll(),
    put(note) {
      changed.add(note.id)
      notes.put(note).catch(fails)
    },
    remove(id) {
      changed.add(id)
      notes.delete(id).catch(fails)
    },
    recall: (key) => meta.get(key),
    keep: (key, value) => void meta.put(value, key).catch(fails),
  }
}

export const nameOf = (author, group) => `tavolo:${author}:${group}`

/**
 * Each step makes the next version of the layout. Tablets stand at any of them, with notes that nobody else has: a step
 * that was published never changes, and none may drop a note. All run in the one transaction that raises the version.
 * @type {((db: IDBDatabase, tx: IDBTransaction) => Promise<void>|void)[]}
 */
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

async function upgrade(db, from, to, tx) {
  for (const step of STEPS.slice(from)) await step(db, tx)
}

/**
 * Rejects with a VersionError when a newer release of the pad has raised the version: nothing is touched then.
 * @param {string} author  `me.key` of the kit
 * @param {string} group
 * @param {() => void} [waits]  called when another tab, asleep, does not let the store be upgraded
 */
export async function openStore(author, group, waits = () => {}) {
  const name = nameOf(author, group)
  let isTaken = false
  let tellTaken = () => {}
  const lose = () => {
    isTaken = true
    tellTaken()
  }
  const db = await openDB(name, STEPS.length, {
    upgrade,
    blocked: waits,
    // Another tab needs a newer layout, or erases: close (after what is being written), so that it need not wait.
    blocking(current, next, event) {
      event.target.close()
      lose()
    },
    terminated: lose,
  })
  const listeners = []
  let tellTrouble = () => {}

  /** Do `work` and tell how storage fares: null when it went well. */
  async function watched(work) {
    try {
      const result = await work()
      tellTrouble(null)
      return result
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble) tellTrouble(trouble)
      throw error
    }
  }

  /**
   * Run `work` in one durable transaction. Resolves after its complete event: only then is anything "on this tablet".
   * @template T
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  const transact = (work) => watched(async () => {
    const changed = new Set()
    const tx = db.transaction(['notes', 'meta'], 'readwrite', { durability: 'strict' })
    let result
    try {
      result = await work(handles(tx, changed))
    } catch (error) {
      tx.done.catch(() => {}) // its failure is the one thrown here
      try { tx.abort() } catch { /* it failed by itself */ }
      throw error
    }
    await tx.done
    if (changed.size) for (const listen of listeners) await listen([...changed])
    return result
  })

  return {
    name,
    transact,
    /** `listen(ids)` is called after each transaction of this tab that changed notes. */
    onChange: (listen) => void listeners.push(listen),
    /** `tell()` is called once nothing more can be kept through this tab. */
    onTaken(tell) {
      tellTaken = tell
      if (isTaken) tell()
    },
    /** This tab writes here from now on: nobody erases the store until it closes. */
    use: () => void navigator.locks?.request(`${name}:used`, { mode: 'shared' }, () => new Promise(() => {})),
    /** `tell(trouble)` after each write: see `troubleOf`; null when it went well. */
    onTrouble: (tell) => { tellTrouble = tell },
    all: () => db.getAll('notes'),
    read: (ids) => Promise.all(ids.map((id) => db.get('notes', id))),
    recall: (key) => db.get('meta', key),
    /** For drafts: at each keystroke, so without forcing the disk. */
    keep: (key, value) => watched(async () => {
      const tx = db.transaction('meta', 'readwrite')
      tx.store.put(value, key).catch(fails)
      await tx.done
    }),
    close: () => db.close(),
    /** Leave no copy behind. The caller has made sure that nothing is unsent. */
    async erase() {
      db.close()
      await deleteDB(name)
    },
  }
}
