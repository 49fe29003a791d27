// Sends what waits, in batches, and tries again. Storage, network and lock are handed in, so that it runs at a desk.
import { readWellness } from './read.js'

const BATCH = 50
const BATCH_CHARACTERS = 60_000 // at most four bytes each: below the server's 256 kB
const BROKEN_TWICE = 2 // a server that broke once may have been restarting
const WAITS_MS = [1000, 2000, 4000, 8000, 15_000]
const LONGEST_WAIT_MS = 60_000 // whoever answers “later” may not be our server

/** Codes of an op that was set aside on this device, by what the server answered to it alone. */
const CODES = { bad: 'not_understood', smaller: 'too_large', broken: 'failed' }

/** The server was reached and gave no usable answer; `wait` in seconds when it named one. */
export class TryLater extends Error {
  constructor(kind, wait = null) {
    super(kind)
    this.kind = kind
    this.wait = wait
  }
}

/** As many ops as the server takes at once; always at least one. */
export function fit(ops, limit = BATCH) {
  if (limit === Infinity) return ops
  let characters = 0
  const count = ops.findIndex((op) => (characters += JSON.stringify(op).length) > BATCH_CHARACTERS)
  return ops.slice(0, Math.max(1, Math.min(limit, count < 0 ? ops.length : count)))
}

/** "Later" and "smaller" mean that the server is there; one that breaks gives no answer of use. */
const LINKS = { later: 'online', smaller: 'online', broken: 'unreadable' }

/** What a failure says about the line; a store that fails says nothing. */
export function linkOf(error) {
  if (error instanceof DOMException) return undefined
  return error instanceof TryLater ? LINKS[error.kind] ?? error.kind : 'offline'
}

/**
 * @param {object} parts
 * @param {(limit: number) => Promise<{op: string}[]>} parts.next  the next batch, kept with its ids before it is sent
 * @param {(ops: object[]) => Promise<import('./read.js').Answer>} parts.push
 * @param {(answer: import('./read.js').Answer, ops: object[]) => any} parts.read  readPush with the acks of these ops
 * @param {(verdict: {epoch: string, acks: object[]}, ops: object[]) => Promise<void>} parts.take  store the acks
 * @param {(ack: object, op: object) => Promise<void>} parts.setAside  the server takes everything but this op
 * @param {(work: () => Promise<void>) => Promise<void>} parts.lock  one tab pushes at a time
 * @param {() => boolean} [parts.maySend]  whether it is certain who is signed in: nobody sends another one's ops
 * @param {(news: object) => void} [parts.report]
 *   {link: 'online'|'offline'|'signin'|'gone'|'other'|'bad'|'unreadable', sentence?, failures?, acks?} · {sending}
 * @param {(work: () => void, ms: number) => any} [parts.later]  setTimeout
 * @param {(code: string) => string} [parts.sentenceOf]  why an op was set aside here, when the server did not say
 */
export function createCourier({
  next, push, read, take, setAside, lock, maySend = () => true, report = () => {},
  later = (work, ms) => setTimeout(work, ms), sentenceOf = (code) => code,
}) {
  let limit = BATCH
  let failures = 0
  let broken = 0 // answers 500 in a row
  let running = null
  let again = false
  let timer = null
  let dueAt = Infinity

  /** Throttle, not debounce: a fast typist would never be sent. */
  function kick(ms = 200) {
    const due = Date.now() + ms
    if (due >= dueAt) return
    clearTimeout(timer)
    dueAt = due
    timer = later(() => {
      dueAt = Infinity
      return send()
    }, ms)
  }

  /** Whether the answer may be the fault of one op: then smaller batches find it. */
  function isSuspicious(verdict) {
    broken = verdict.kind === 'broken' ? broken + 1 : 0
    return ['bad', 'smaller'].includes(verdict.kind) || broken >= BROKEN_TWICE
  }

  /** The op alone is at fault: it needs a person, and the others go on. */
  async function blame(op, { kind, sentence }) {
    const code = CODES[kind]
    const ack = { op: op.op, status: 'refused', code, sentence: sentence || sentenceOf(code), note: null }
    await setAside(ack, op)
    report({ acks: [ack] })
  }

  /** What to do after an answer without acks: halve the batch until one op is left, which is asked about alone. */
  async function judge(verdict, ops) {
    if (isSuspicious(verdict)) {
      limit = Math.ceil(ops.length / 2)
      if (ops.length > 1) return
      if (readWellness(await push([]))) return blame(ops[0], verdict)
    }
    if (verdict.kind === 'bad') report({ link: 'bad', sentence: verdict.sentence })
    throw new TryLater(verdict.kind, verdict.wait)
  }

  /** Send one batch. Returns false when nothing waits. */
  async function pushOnce() {
    if (!maySend()) return false
    const ops = await next(limit)
    if (!ops.length) return false
    report({ sending: ops.length })
    const verdict = read(await push(ops), ops)
    if (verdict.kind !== 'acks') {
      await judge(verdict, ops)
      return true
    }
    await take(verdict, ops)
    if (limit === BATCH) broken = 0 // until then the search for the op that breaks it goes on
    limit = Math.min(BATCH, limit * 2)
    failures = 0
    report({ link: 'online', acks: verdict.acks })
    return true
  }

  function fail(error) {
    const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)]
    failures += 1
    report({ link: linkOf(error), failures })
    kick(error.wait ? Math.min(error.wait * 1000, LONGEST_WAIT_MS) : wait * (0.75 + Math.random() / 2))
  }

  async function pushAll() {
    do {
      again = false
      await lock(async () => {
        while (await pushOnce());
      })
    } while (again)
  }

  /** Send everything that waits. One run at a time; a call during a run makes it go round once more. */
  async function send() {
    if (running) {
      again = true
      return running
    }
    running = pushAll().catch(fail).finally(() => {
      running = null
      report({ sending: 0 })
    })
    return running
  }

  return {
    kick,
    send,
    failures: () => failures,
    /** Whether what waits cannot be sent: then an answer to another question does not mean that all is well. */
    isFailing: () => failures > 0,
  }
}
