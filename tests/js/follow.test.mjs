import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gone, left } from '../../static/js/live/clock.js'
import { follow } from '../../static/js/live/follow.js'

/** A world whose streams and timers are driven by the test. */
function stage(refresh = async () => {}) {
  const said = []
  const streams = []
  const timers = []
  let now = 0
  const network = new EventTarget()
  class EventSource {
    listeners = {}
    constructor(url) { this.url = url; streams.push(this) }
    addEventListener(name, listener) { this.listeners[name] = listener }
    close() { this.isClosed = true }
  }
  let refreshes = 0
  const counted = async () => { refreshes += 1; await refresh() }
  const setTimeout = (run, after) => timers.push({ run, after })
  follow('/live/walls/x', counted, (isFresh) => said.push(isFresh), { EventSource, setTimeout, now: () => now, network })
  return {
    said,
    network,
    streams,
    timers,
    refreshes: () => refreshes,
    later: (ms) => { now += ms },
    settle: () => new Promise((resolve) => { globalThis.setTimeout(resolve, 0) }),
    hear: (name) => streams.at(-1).listeners[name]({}),
    poll: () => timers.find(({ after }) => after === 10_000).run(),
  }
}

test('time left is minutes and seconds and stops at zero', () => {
  assert.deepEqual([125_000, 59_999, 3_600_000, 0, -5].map(left), ['2:05', '0:59', '60:00', '0:00', '0:00'])
})

test('a bar is never shorter than nothing nor longer than all', () => {
  assert.deepEqual([[0, 10, 5], [0, 10, -1], [0, 10, 11], [5, 5, 5]].map((times) => gone(...times)), [0.5, 0, 1, 0])
})

test('each change is fetched, and changes while fetching cause one fetch more', async () => {
  let release
  const at = stage(() => new Promise((resolve) => { release = resolve }))
  at.hear('changed')
  at.hear('changed')
  at.hear('changed')
  assert.equal(at.refreshes(), 1)
  release()
  await at.settle()
  assert.equal(at.refreshes(), 2)
  release()
  await at.settle()
  assert.deepEqual([at.refreshes(), at.said], [2, [true, true]])
})

test('a network that goes or comes is looked at at once, though the stream says nothing', async () => {
  let works = true
  const at = stage(async () => { if (!works) throw new Error('no connection') })
  at.hear('open')
  await at.settle()
  works = false
  at.network.dispatchEvent(new Event('offline'))
  await at.settle()
  works = true
  at.network.dispatchEvent(new Event('online'))
  await at.settle()
  assert.deepEqual(at.said, [true, false, true])
})

test('a page that cannot be had is said, and the next success takes it back', async () => {
  let works = false
  const at = stage(async () => { if (!works) throw new Error('no connection') })
  at.hear('changed')
  await at.settle()
  works = true
  at.hear('changed')
  await at.settle()
  assert.deepEqual(at.said, [false, true])
})

test('a broken stream comes back after longer and longer waits', () => {
  const at = stage()
  const waits = []
  for (let times = 0; times < 6; times += 1) {
    at.hear('error')
    const { run, after } = at.timers.at(-1)
    waits.push(after)
    run()
  }
  assert.deepEqual(waits, [1000, 2000, 5000, 10_000, 30_000, 30_000])
  assert.equal(at.streams.filter((stream) => stream.isClosed).length, 6)
})

test('a stream that held for a while makes the next wait short again', () => {
  const at = stage()
  for (let times = 0; times < 3; times += 1) {
    at.hear('error')
    at.timers.at(-1).run()
  }
  at.hear('open')
  at.later(11_000)
  at.hear('error')
  assert.equal(at.timers.at(-1).after, 1000)
})

test('without a stream the page is asked every ten seconds, with one it is not', async () => {
  const at = stage()
  at.poll()
  await at.settle()
  assert.equal(at.refreshes(), 1)
  at.hear('open')
  await at.settle()
  assert.equal(at.refreshes(), 2) // whatever happened while nobody listened
  at.poll()
  await at.settle()
  assert.equal(at.refreshes(), 2)
})

test('what only time changes is seen within half a minute, though nobody tells', async () => {
  const at = stage()
  at.hear('open')
  await at.settle()
  at.later(29_999)
  at.poll()
  await at.settle()
  assert.equal(at.refreshes(), 1)
  at.later(1)
  at.poll()
  await at.settle()
  assert.equal(at.refreshes(), 2)
})
