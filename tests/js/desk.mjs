// Storage, network and clock for tests at a desk: everything in memory, everything countable.

/** A store with the transactions of store.js; `work` that fails changes nothing. */
export function memoryStore(notes = [], cursor = { epoch: 'e1', seq: 0 }) {
  let state = { notes: new Map(notes.map((note) => [note.id, note])), meta: new Map([['cursor', cursor]]) }
  return {
    async transact(work) {
      const draft = { notes: new Map(state.notes), meta: new Map(state.meta) }
      const result = await work({
        get: async (id) => draft.notes.get(id),
        all: async () => [...draft.notes.values()],
        put: (note) => void draft.notes.set(note.id, note),
        remove: (id) => void draft.notes.delete(id),
        recall: async (key) => draft.meta.get(key),
        keep: (key, value) => void draft.meta.set(key, value),
      })
      state = draft
      return result
    },
    recall: async (key) => state.meta.get(key),
    note: (id) => state.notes.get(id),
    notes: () => [...state.notes.values()],
  }
}

export const answer = (body, { status = 200, type = 'application/json', retryAfter = null } = {}) =>
  ({ status, type, retryAfter, text: typeof body === 'string' ? body : JSON.stringify(body) })

/** Ids in a row: op-1, op-2, … */
export function counter(lead = 'op') {
  let at = 0
  return () => `${lead}-${(at += 1)}`
}

export function row(id, fields = {}) {
  return {
    id, seq: 1, revision: 1, deleted: false, session: 's1', prompt: 'p1', kind: 'habit', theme: null, lang: 'en', text: '',
    initiative: null, rating: null, dots: 0, by: 'Youssef', written_at: '2026-04-11T10:00:00Z', variants: [], ...fields,
  }
}

export const stored = (op, fields = {}) => ({ op: op.op, status: 'stored', note: row(op.note, fields) })
