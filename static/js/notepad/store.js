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

/** The last author and kit of each group on this tablet, and who wrote there before. */
export async function openKnown() {
  const db = await openDB('tavolo', 1, { upgrade: (fresh) => void fresh.createObjectStore('groups') })
  const recall = (group) => db.get('groups', group)
  return {
    /** @returns {Promise<{key: string, kit: object, earlier: {key: string, name: string}[]}|undefined>} */
    recall,
    /** Remember the kit; an author who is another one now joins the earlier ones. */
    async keep(group, kit) {
      const last = await recall(group)
      const writers = [...(last?.earlier ?? []), ...(last ? [{ key: last.key, name: last.kit.me.name }] : [])]
      const earlier = [...new Map(writers.map((writer) => [writer.key, writer])).values()].filter(({ key }) => key !== kit.me.key)
      await db.put('groups', { key: kit.me.key, kit, earlier }, group)
    },
    /** Nothing of this earlier author is left. */
    async drop(group, key) {
      const last = await recall(group)
      await db.put('groups', { ...last, earlier: last.earlier.filter((writer) => writer.key !== key) }, group)
    },
    forget: (group) => db.delete('groups', group),
  }
}

function handles(tx, changed) {
  const notes = tx.objectStore('notes')
  const meta = tx.objectStore('meta')
  return {
    get: (id) => notes.get(id),
    all: () => notes.getAll(),
    put(note) {
      changed.add(note.id)
      notes.put(note)
    },
    remove(id) {
      changed.add(id)
      notes.delete(id)
    },
    recall: (key) => meta.get(key),
    keep: (key, value) => void meta.put(value, key),
  }
}

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
  const name = `tavolo:${author}:${group}`
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

  /**
   * Run `work` in one durable transaction. Resolves after its complete event: only then is anything "on this tablet".
   * @template T
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async function transact(work) {
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
  }

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
    all: () => db.getAll('notes'),
    read: (ids) => Promise.all(ids.map((id) => db.get('notes', id))),
    recall: (key) => db.get('meta', key),
    /** For drafts: at each keystroke, so without forcing the disk. */
    keep: (key, value) => db.put('meta', value, key),
    close: () => db.close(),
    /** Leave no copy behind. The caller has made sure that nothing is unsent. */
    async erase() {
      db.close()
      await deleteDB(name)
    },
  }
}
