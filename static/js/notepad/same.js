// Which notes of the table may say the same as what is being written. Pure; from the tablet's own notes, so it needs no connection.

const SHORTEST_WORD = 4
const STEM = 6 // letters: bread and breads, condominio and condomini
const SHARED = 2 // words two texts have in common at least
const MOST_REMEMBERED = 2000 // texts
const remembered = new Map()
export const MOST_SAME = 3

/** The stems of the longer words of a text, without accents. */
export function stems(text) {
  const words = text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '').match(/\p{L}+/gu) ?? []
  return new Set(words.filter((word) => word.length >= SHORTEST_WORD).map((word) => word.slice(0, STEM)))
}

/** The stems of a note's text, worked out once: a board of notes is looked through again and again while one types. */
function stemsOf({ text }) {
  if (!remembered.has(text)) {
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(text, stems(text))
  }
  return remembered.get(text)
}

/** Whether following `same_as` from this note leads to `id`. */
function leadsTo(note, id, byId) {
  const seen = new Set()
  for (let at = note; at && !seen.has(at.id); at = byId.get(at.same_as)) {
    if (at.id === id) return true
    seen.add(at.id)
  }
  return false
}

/**
 * The notes that share words with a text, the likest first. Those `offered` already keep their places while they still
 * fit, so that nothing moves under a finger.
 * @param {string} text
 * @param {{id: string, text: string, same_as: string|null}[]} notes  standing notes of the session at hand
 * @param {{id?: string, offered?: string[]}} [context]  `id`: the note being written
 * @returns {string[]} ids
 */
export function sameAs(text, notes, { id = '', offered = [] } = {}) {
  const wanted = stems(text)
  const byId = new Map(notes.map((note) => [note.id, note]))
  const scores = new Map()
  for (const note of notes) {
    const own = stemsOf(note)
    const shared = [...own].filter((stem) => wanted.has(stem)).length
    if (shared >= SHARED && !leadsTo(note, id, byId)) scores.set(note.id, shared / Math.sqrt(own.size * wanted.size))
  }
  const kept = offered.filter((one) => scores.has(one))
  const rest = [...scores.keys()].filter((one) => !kept.includes(one)).sort((a, b) => scores.get(b) - scores.get(a))
  return [...kept, ...rest].slice(0, MOST_SAME)
}
