import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unread } from '../../static/js/notepad/messages.js'
import { createStatus } from '../../static/js/notepad/status.js'

function tablet({ battery = async () => ({ level: 0.37, charging: false }), may = true } = {}) {
  const sent = []
  const world = { unsent: 2, now: 0 }
  const status = createStatus({
    send: async (told) => { if (world.isAway) throw new Error('away'); sent.push(told) },
    unsent: () => world.unsent, isReady: () => true, mayTell: () => may, getBattery: battery, now: () => world.now,
  })
  return { status, sent, world }
}

test('a tablet tells what waits and its battery in steps of five, once while nothing changes', async () => {
  const { status, sent, world } = tablet()
  await status.look()
  await status.look()
  world.unsent = 0
  await status.look()
  assert.deepEqual(sent, [{ unsent: 2, ready: true, battery: 35, charging: false }, { unsent: 0, ready: true, battery: 35, charging: false }])
})

test('the same is told again after a minute, and at once after a try that failed', async () => {
  const { status, sent, world } = tablet()
  await status.look()
  world.now = 60_000
  world.isAway = true
  await status.look()
  world.isAway = false
  await status.look()
  assert.equal(sent.length, 2)
})

test('when a session was closed the same is told anew at once', async () => {
  const { status, sent, world } = tablet()
  await status.look()
  world.now = 1_000
  await status.tellAnew()
  await status.look()
  assert.deepEqual(sent, Array(2).fill({ unsent: 2, ready: true, battery: 35, charging: false }))
})

test('a browser that keeps its battery to itself tells only what waits', async () => {
  const { status, sent } = tablet({ battery: null })
  await status.look()
  const refused = tablet({ battery: async () => { throw new Error('not allowed') } })
  await refused.status.look()
  assert.deepEqual([...sent, ...refused.sent], Array(2).fill({ unsent: 2, ready: true, battery: null, charging: null }))
})

test('nothing is told while it is not certain who is signed in', async () => {
  const { status, sent } = tablet({ may: false })
  await status.look()
  assert.deepEqual(sent, [])
})

test('a message is shown until it was read here; an older kit has none', () => {
  const messages = [{ id: 'a' }, { id: 'b' }]
  assert.deepEqual([unread(messages, []), unread(messages, ['a']), unread(undefined, [])], [messages, [{ id: 'b' }], []])
})
