import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { runClocks } from '../../static/js/live/clock.js'
import { secondsLeft } from '../../static/js/notepad/top.js'

const ENDS_AT = '2026-04-11T11:00:00Z'
const at = (time) => Date.parse(`2026-04-11T${time}Z`)

/** A page of cockpit or wall with one clock, as the server wrote it at `now`. */
function page(now, endsAt = ENDS_AT) {
  const clock = { dataset: { endsAt }, textContent: '' }
  const holder = { dataset: { now } }
  return {
    clock, holder,
    querySelectorAll: (selector) => (selector === '[data-ends-at]' ? [clock] : []),
    querySelector: (selector) => (selector === '[data-now]' ? holder : null),
  }
}

test('cockpit and wall count to the end the server named, however wrong the clock of their device is', () => {
  mock.timers.enable({ apis: ['Date', 'setInterval'], now: at('08:17:03') })
  const root = page('2026-04-11T10:50:00Z')
  const clocks = runClocks(root)
  assert.equal(root.clock.textContent, '10:00')
  mock.timers.tick(61_000)
  assert.equal(root.clock.textContent, '8:59')
  root.clock.dataset.endsAt = '2026-04-11T11:05:00Z' // five minutes more, in the next picture
  root.holder.dataset.now = '2026-04-11T10:51:01Z'
  clocks.setServerNow()
  assert.equal(root.clock.textContent, '13:59')
  mock.timers.tick(20 * 60_000) // no picture came since: the clock runs on to its end and stays there
  assert.equal(root.clock.textContent, '0:00')
  mock.timers.reset()
})

test('the tablet counts to the end the server named, by the server’s time', () => {
  const skew = at('10:50:00') - at('08:17:03') // what the kit's server_time told
  const now = at('08:17:03') + skew
  const session = { state: 'open', ends_at: ENDS_AT }
  assert.deepEqual([
    secondsLeft(session, now), secondsLeft({ ...session, ends_at: '2026-04-11T11:05:00Z' }, now),
    secondsLeft(session, at('11:30:00')), secondsLeft({ ...session, state: 'closed' }, now), secondsLeft(null, now),
  ], [600, 900, 0, null, null])
})
