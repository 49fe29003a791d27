// Who has come, as this phone knows it: the server's list with what was done here laid over it. Pure: no storage, no
// network, no clock.

/**
 * @typedef {{op: string, do: 'here'|'not_here'|'walk_in', registration: string, at: string, name?: string,
 *   place?: 'take'|'wait'|'over', reason?: string, of?: string|null, audience?: string}} Op
 * @typedef {{op: string, status: 'stored'|'refused'|'choice'|'held', code?: string, sentence?: string, person: Person|null}} Ack
 * @typedef {{id: string, name: string, state: string, table: string|null, seat: number|null, code: string,
 *   arrival: string|null, since: string|null}} Person  as the server tells; `arrival` names this coming in
 * @typedef {Person & {isUnsent: boolean}} Shown  as the page shows
 *
 * @typedef {object} Thing  one op, and what became of it
 * @property {string} id     the op's id
 * @property {number} no     its place in the order of this phone
 * @property {Op} op
 * @property {'waiting'|'asked'|'refused'|'held'|'sent'} state
 * @property {boolean} isTried  whether it may have reached the server
 * @property {boolean} [isAgain]  offered again to a restored server
 * @property {string} [name]  whom it is about, to show it after they are gone from the list
 * @property {Ack} [ack]
 */

/** Letters and digits alone, as codes are compared. */
export const plainCode = (text) => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')

/** Whether it looks like the code of a ticket, such as 7KTR-248. */
export const isCode = (text) => /^\d[A-Z]{3}\d{3}$/.test(plainCode(text))

export const inOrder = (things) => [...things].sort((a, b) => a.no - b.no)
const isWaiting = ({ state }) => state === 'waiting'

/** Whether it is on this phone only, or still has to be heard about. */
export const isUnsent = ({ state }) => state !== 'sent' && state !== 'held'

/** Whether a person has to decide about it. */
export const needsPerson = ({ state }) => state === 'asked' || state === 'refused'

function layOver(people, { op }) {
  const person = people.get(op.registration)
  const here = { arrival: op.op, since: op.at, isUnsent: true }
  if (op.do === 'here' && person) people.set(person.id, { ...person, ...here, state: 'confirmed' })
  if (op.do === 'not_here' && person?.arrival === op.of) people.set(person.id, { ...person, arrival: null, since: null, isUnsent: true })
  if (op.do !== 'walk_in') return
  const isIn = op.place !== 'wait'
  people.set(op.registration, {
    id: op.registration, name: op.name, state: isIn ? 'confirmed' : 'waiting', table: null, seat: null, code: '',
    ...(isIn ? here : { arrival: null, since: null, isUnsent: true }),
  })
}

/**
 * Everybody as the page shows them, by name.
 * @param {Person[]} listed  the server's list
 * @param {Thing[]} things
 * @param {string} lang  of the names' order
 * @returns {Shown[]}
 */
export function shownPeople(listed, things, lang) {
  const people = new Map(listed.map((person) => [person.id, { ...person, isUnsent: false }]))
  for (const thing of inOrder(things).filter(isWaiting)) {
    if (thing.op.place !== 'wait' || thing.op.do === 'walk_in') layOver(people, thing)
  }
  const order = new Intl.Collator(lang, { sensitivity: 'base' })
  return [...people.values()].sort((a, b) => order.compare(a.name, b.name))
}

/** A thing to keep: nothing has happened to it yet. */
export const fresh = (op, no, name) => ({ id: op.op, no, op, state: 'waiting', isTried: false, name })

/**
 * Take back that somebody is here. What never left this phone goes; else the server is told which arrival is meant.
 * @returns {{remove: string}|{add: Omit<Op, 'op'|'at'>}}
 */
export function takeBack(person, things) {
  const own = things.find(({ id }) => id === person.arrival)
  if (own && isWaiting(own) && !own.isTried) return { remove: own.id }
  return { add: { do: 'not_here', registration: person.id, of: person.arrival } }
}

const STATES = { stored: 'sent', refused: 'refused', choice: 'asked', held: 'held' }

/** What becomes of a thing by its ack. A tick that is offered again to a restored server asks nobody twice. */
export function takeAck(thing, ack) {
  const isSettled = thing.isAgain && ack.status === 'choice' && ack.code === 'here_already'
  const { ack: before, ...rest } = thing
  if (ack.status === 'stored' || isSettled) return { ...rest, state: 'sent' }
  return { ...rest, state: STATES[ack.status], ack }
}

/** The server's list with a person as the ack shows them; someone who was erased goes. */
export function withAcked(people, { status, person }, registration) {
  if (person) return [...people.filter(({ id }) => id !== person.id), person]
  return status === 'stored' ? people.filter(({ id }) => id !== registration) : people
}

/** A restored server may have forgotten: all that was sent is offered again, in its order and by its ids. */
export const offeredAgain = (thing) => (thing.state === 'sent' ? { ...thing, state: 'waiting', isAgain: true } : thing)

/**
 * The answer to a choice as the next thing in the place of this one, or null when nothing is left to tell.
 * @param {{place?: 'take'|'wait'|'over', reason?: string}|null} decision  null: leave it
 */
export function decided(thing, decision, newId) {
  if (decision === null) return null
  return { ...fresh({ ...thing.op, ...decision, op: newId() }, thing.no, thing.name) }
}

/**
 * Whose code this is.
 * @returns {{person: Shown}|{elsewhere: string}|null}  `elsewhere`: when the workshop starts that it is for
 */
export function findCode(text, people, elsewhere) {
  const code = plainCode(text)
  const person = people.find((one) => one.code && one.code === code)
  if (person) return { person }
  const other = elsewhere.find(({ codes }) => codes.includes(code))
  return other ? { elsewhere: other.starts_at } : null
}

const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Those whose name holds every word that was typed, accents or not. */
export function findName(typed, people) {
  const words = fold(typed).split(/\s+/).filter(Boolean)
  return people.filter(({ name }) => words.every((word) => fold(name).includes(word)))
}
