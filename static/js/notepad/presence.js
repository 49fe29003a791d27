// Who writes where. Soft: it lapses by itself, and nothing depends on it being right.

const LAPSE_MS = 20_000
const REPEAT_MS = 8000

/** @param {{send: (note: string|null) => Promise<any>, me: () => string, render: () => void}} parts */
export function createPresence({ send, me, render }) {
  const others = new Map()
  let saidAt = 0
  let saidNote

  const current = () => [...others.values()].filter(({ until }) => until > Date.now())

  return {
    hear({ name, key, note }) {
      if (key === me()) return
      others.set(key, { name, note, until: Date.now() + LAPSE_MS })
      setTimeout(render, LAPSE_MS + 50)
      render()
    },
    /** Tell the others that one writes here; `isLeaving` tells them at once that the note is free again. */
    here(note, isLeaving = false) {
      if (!isLeaving && note === saidNote && Date.now() - saidAt < REPEAT_MS) return
      saidAt = Date.now()
      saidNote = note
      send(note).catch(() => {})
    },
    writerOf: (note) => current().find((one) => one.note === note)?.name ?? null,
    isWriting: (name) => current().some((one) => one.name === name),
  }
}
