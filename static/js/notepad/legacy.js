// Unsent notes of an earlier author of this tablet. Whoever joins a table anew gets a new key and so a new store; what
// the old one holds must not wait for somebody who never comes back.
import { openStore } from './store.js'
import { inherited, isUnsent } from './things.js'

/**
 * Look into the stores of earlier authors. One without unsent notes is erased: no copy stays behind for nothing.
 * @returns {Promise<{key: string, name: string, notes: import('./outbox.js').Note[]}[]>}
 */
export async function findLegacies(known, group) {
  const legacies = []
  for (const { key, name } of (await known.recall(group))?.earlier ?? []) {
    const store = await openStore(key, group)
    const notes = (await store.all()).filter(isUnsent)
    if (notes.length) legacies.push({ key, name, notes })
    else await Promise.all([store.erase(), known.drop(group, key)])
    if (notes.length) store.close()
  }
  return legacies
}

/** Take unsent notes over. Ops in flight keep their ids, so that one the server has already is not doubled. */
export async function inherit(store, known, group, { key, notes }) {
  await store.transact(async (tx) => {
    for (const note of notes) {
      const next = inherited(await tx.get(note.id), note)
      if (next) tx.put(next)
    }
  })
  const old = await openStore(key, group)
  await old.erase()
  await known.drop(group, key)
}
