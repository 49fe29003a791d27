// What the tablet keeps. One database for each author and group, so that nobody sends another person's notes, and a
// small one that remembers who wrote here last, so that the page opens without a connection.
import { deleteDB, openDB } from 'idb'

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
 * @param {string} author  `me.key` of the kit
 * @param {string} group
 */
export async function openStore(author, group) {
  const name = `tavolo:${author}:${group}`
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore('notes', { keyPath: 'id' })
      fresh.createObjectStore('meta')
    },
    // Another tab needs a newer layout: close, so that it need not wait.
    blocking: (current, next, event) => event.target.close(),
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
