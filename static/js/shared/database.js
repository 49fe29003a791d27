// A database of the browser, written so that "on this device" is true: strict durability, one transaction for each step.
import { deleteDB, openDB } from 'idb'

/**
 * @typedef {object} Transaction  await nothing but these inside a transaction: IndexedDB would close it
 * @property {(id: string) => Promise<any>} get
 * @property {() => Promise<any[]>} all
 * @property {(thing: {id: string}) => void} put
 * @property {(id: string) => void} remove
 * @property {(key: string) => Promise<any>} recall
 * @property {(key: string, value: any) => void} keep
 */

/**
 * What a failed write or read of the device's storage means; null when it was something else.
 * @returns {'full'|'broken'|null}
 */
export function troubleOf(error) {
  if (!(error instanceof DOMException)) return null
  return error.name === 'QuotaExceededError' ? 'full' : 'broken'
}

const fails = () => {} // the transaction fails with it, and says so once

function handles(tx, things, changed) {
  const own = tx.objectStore(things)
  const meta = tx.objectStore('meta')
  return {
    get: (id) => own.get(id),
    all: () => own.getAll(),
    put(thing) {
      changed.add(thing.id)
      own.put(thing).catch(fails)
    },
    remove(id) {
      changed.add(id)
      own.delete(id).catch(fails)
    },
    recall: (key) => meta.get(key),
    keep: (key, value) => void meta.put(value, key).catch(fails),
  }
}

/**
 * Open a database of two stores: `things`, each with an id, and "meta". Rejects with a VersionError when a newer release
 * has raised the version: nothing is touched then.
 *
 * Each step of `steps` makes the next version of the layout. Devices stand at any of them, with things that nobody else
 * has: a step that was published never changes, and none may drop a thing. All run in the one transaction that raises
 * the version.
 * @param {object} layout
 * @param {string} layout.name
 * @param {string} layout.things
 * @param {((db: IDBDatabase, tx: IDBTransaction) => Promise<void>|void)[]} layout.steps
 * @param {() => void} [waits]  called when another tab, asleep, does not let the store be upgraded
 */
export async function openDatabase({ name, things, steps }, waits = () => {}) {
  let isTaken = false
  let tellTaken = () => {}
  const lose = () => {
    isTaken = true
    tellTaken()
  }
  const db = await openDB(name, steps.length, {
    async upgrade(fresh, from, to, tx) {
      for (const step of steps.slice(from)) await step(fresh, tx)
    },
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
   * Run `work` in one durable transaction. Resolves after its complete event: only then is anything "on this device".
   * @template T
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  const transact = (work) => watched(async () => {
    const changed = new Set()
    const tx = db.transaction([things, 'meta'], 'readwrite', { durability: 'strict' })
    let result
    try {
      result = await work(handles(tx, things, changed))
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
    /** `listen(ids)` is called after each transaction of this tab that changed things. */
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
    all: () => db.getAll(things),
    read: (ids) => Promise.all(ids.map((id) => db.get(things, id))),
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
