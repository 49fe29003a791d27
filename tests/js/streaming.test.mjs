import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLive } from '../../static/js/notepad/live.js'
import { timeLimit } from '../../static/js/shared/http.js'

/** A stream in the hands of the test: `speak` sends bytes, `end` closes it; an aborted one fails as fetch does. */
function openStream(signal) {
  let controller
  const body = new ReadableStream({ start(own) { controller = own } })
  signal.addEventListener('abort', () => { try { controller.error(new DOMException('Aborted', 'AbortError')) } catch { /* ended */ } })
  return {
    response: { ok: true, headers: new Headers({ 'Content-Type': 'text/event-stream; charset=utf-8' }), body },
    speak: (text = ': still here\n\n') => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
  }
}

/** A pad that listens, with a clock of its own. `connect(attempt)` may throw; otherwise a stream opens. */
function desk(t, { connect = () => {}, since = 0 } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 })
  const log = { streams: [], polls: [], said: [], heard: [], tries: [] }
  const start = Date.now()
  const seconds = () => (Date.now() - start) / 1000
  const live = createLive({
    net: {
      async stream(_since, signal) {
        log.tries.push(seconds())
        connect(log.tries.length)
        const stream = openStream(signal)
        log.streams.push(stream)
        return stream.response
      },
    },
    since: async () => since, hear: async (event, data) => { log.heard.push([event, data]) },
    poll: () => log.polls.push(seconds()), say: (isStreaming) => log.said.push([seconds(), isStreaming]),
  })
  const settle = async () => { for (let at = 0; at < 20; at += 1) await Promise.resolve() }
  async function pass(count, each = () => {}) {
    for (let second = 0; second < count; second += 1) {
      t.mock.timers.tick(1000)
      await settle()
      each(seconds())
      await settle()
    }
  }
  return { live, log, pass, settle, seconds }
}

test('while the stream speaks nobody polls', async (t) => {
  const { live, log, pass, settle } = desk(t)
  live.start()
  await settle()
  log.streams[0].speak(': here\n\n')
  await pass(60, (now) => { if (now % 5 === 0) log.streams[0].speak() })
  assert.deepEqual([log.polls, log.said.map(([, isStreaming]) => isStreaming), log.tries], [[], [true], [0]])
})

test('a proxy that keeps the body to itself lets the headers through: polling takes over within four seconds', async (t) => {
  const { live, log, pass } = desk(t)
  live.start()
  await pass(60)
  assert.deepEqual(log.said.map(([, isStreaming]) => isStreaming), [false])
  assert.equal(log.polls[0] <= 4, true)
  const gaps = log.polls.map((at, place) => at - (log.polls[place - 1] ?? 0))
  assert.equal(Math.max(...gaps) <= 5, true)
})

test('a stream that falls silent is replaced by polling within 15 s, and the next attempts are left time to succeed', async (t) => {
  const { live, log, pass, settle } = desk(t)
  live.start()
  await settle()
  log.streams[0].speak()
  await pass(60)
  const [, [saidAt, isStreaming]] = log.said
  assert.deepEqual([isStreaming, saidAt <= 15, log.polls[0] <= 15, log.said.length], [false, true, true, 2])
  const pauses = log.tries.map((at, place) => at - (log.tries[place - 1] ?? -Infinity)).slice(1)
  assert.equal(Math.min(...pauses) >= 12, true, `tries at ${log.tries}`)
})

test('the first byte after a silence ends polling and says so', async (t) => {
  const { live, log, pass, settle } = desk(t)
  live.start()
  await settle()
  log.streams[0].speak()
  await pass(20)
  log.streams.at(-1).speak()
  await settle()
  const before = log.polls.length
  await pass(10, (now) => { if (now % 5 === 0) log.streams.at(-1).speak() })
  assert.deepEqual([log.said.map(([, isStreaming]) => isStreaming), log.polls.length], [[true, false, true], before])
})

test('a server that restarts is back before anybody polls', async (t) => {
  const { live, log, pass, settle } = desk(t)
  live.start()
  await settle()
  log.streams[0].speak()
  await pass(2)
  log.streams[0].end()
  await pass(2, () => log.streams.at(-1) !== log.streams[0] && log.streams.at(-1).speak())
  assert.deepEqual([log.polls, log.said.map(([, isStreaming]) => isStreaming), log.streams.length], [[], [true], 2])
})

test('without a server attempts come ever later, up to every fifteen seconds, while polling goes on', async (t) => {
  const { live, log, pass } = desk(t, { connect() { throw new TypeError('refused') } })
  live.start()
  await pass(60)
  assert.deepEqual([log.tries.length <= 8, log.polls.length >= 10, log.said.map(([, isStreaming]) => isStreaming)], [true, true, [false]])
})

test('after a sleep the stream is opened anew at once, and an open one that has just spoken is left alone', async (t) => {
  const { live, log, pass, settle } = desk(t)
  live.start()
  await settle()
  log.streams[0].speak()
  await pass(2)
  live.restart()
  await settle()
  assert.equal(log.tries.length, 1)
  t.mock.timers.setTime(Date.now() + 3_600_000)
  live.restart()
  await settle()
  assert.equal(log.tries.length, 2)
})

test('a stream that begins before our own place is of a restored server: what is there is asked at once', async (t) => {
  const { live, log, settle } = desk(t, { since: 40 })
  live.start()
  await settle()
  log.streams[0].speak('event: notes\ndata: {"epoch": "e1", "seq": 3, "notes": []}\n\n')
  await settle()
  assert.deepEqual([log.polls.length, log.heard], [1, [['notes', { epoch: 'e1', seq: 3, notes: [] }]]])
})

test('a request is given up after its time also where the browser knows no AbortSignal.timeout', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const signal = timeLimit(10_000, { native: null, later: setTimeout })
  t.mock.timers.tick(9999)
  const before = signal.aborted
  t.mock.timers.tick(1)
  assert.deepEqual([before, signal.aborted], [false, true])
})
