// What earlier authors of this tablet left. Whoever joins a table anew gets a new key and so a new store; what the old
// one holds is not shown to anybody else, and must not wait for somebody who never comes back.
import { nameOf, openStore } from './store.js'
import { inherited, isUnsent } from './things.js'

const OVER = ['published', 'cancelled']
const KEPT_MS = 3 * 24 * 3_600_000

/** Whether nothing more is written at this workshop: then the tablet keeps nothing that has been sent. */
export const isOver = (kit) => OVER.includes(kit.workshop.state)

/** Whether somebody's words are in this store and nowhere else. */
export async function holdsWords(store) {
  return Boolean((await store.recall('draft'))?.text.trim() || (await store.recall('imported'))?.length) || (await store.all()).some(isUnsent)
}

/** Look into the store of another author. `look(store)` */
async function lookInto(author, group, look) {
  const store = await openStore(author, group)
  try {
    return await look(store)
  } finally {
    store.close()
  }
}

/** Erase another author's store, unless it is open in a tab or holds words. Returns whether it is gone. */
async function eraseIfDone(author, group) {
  const erase = async (lock) => {
    if (lock === null) return false
    const store = await openStore(author, group)
    if (await holdsWords(store)) {
      store.close()
      return false
    }
    await store.erase()
    return true
  }
  const name = `${nameOf(author, group)}:used`
  return navigator.locks ? navigator.locks.request(name, { ifAvailable: true }, erase) : erase()
}

/**
 * How much waits in the stores of earlier authors. One that holds nothing is erased: no copy stays behind for nothing.
 * @returns {Promise<{key: string, isTaken: boolean, count: number}[]>}  those with unsent notes
 */
export async function findLegacies(known, group) {
  const legacies = []
  for (const { key, isTaken = false } of (await known.recall(group))?.earlier ?? []) {
    const count = await lookInto(key, group, async (store) => (await store.all()).filter(isUnsent).length)
    if (count) legacies.push({ key, isTaken, count })
    else if (await eraseIfDone(key, group)) await known.drop(group, key)
  }
  return legacies
}

/**
 * Take an earlier author's unsent notes over. Ops in flight keep their ids, so that one the server has already is not
 * doubled. A note that both have changed waits until ours is sent: then the server keeps both texts.
 * @returns {Promise<boolean>}  whether all of them are taken
 */
export async function inherit(store, known, group, key) {
  await known.mark(group, key)
  const mark = `taken from ${key}`
  const isDone = await lookInto(key, group, async (old) => {
    const theirs = (await old.all()).filter(isUnsent)
    const taken = await store.transact(async (tx) => {
      const before = (await tx.recall(mark)) ?? []
      const free = []
      for (const note of theirs) {
        const next = before.includes(note.id) ? null : inherited(await tx.get(note.id), note)
        if (!next) continue
        tx.put(next)
        free.push(note.id)
      }
      tx.keep(mark, [...before, ...free])
      return [...before, ...free]
    })
    await old.transact(async (tx) => taken.forEach((id) => tx.remove(id)))
    await store.transact(async (tx) => tx.keep(mark, []))
    return theirs.every(({ id }) => taken.includes(id))
  })
  if (isDone && await eraseIfDone(key, group)) await known.drop(group, key)
  return isDone
}

/** Workshops of days ago: what has been sent goes from this tablet. */
export async function sweep(known, now) {
  for (const group of await known.groups()) {
    const { kit, key, earlier = [] } = await known.recall(group)
    const end = Math.max(...(kit?.sessions ?? []).map(({ ends_at: at }) => Date.parse(at)))
    if (kit && !isOver(kit) && !(end + KEPT_MS < now)) continue
    for (const one of earlier) if (await eraseIfDone(one.key, group)) await known.drop(group, one.key)
    if (kit && await eraseIfDone(key, group)) await known.leave(group)
  }
}
