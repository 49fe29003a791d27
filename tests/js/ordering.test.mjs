import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOf } from '../../static/js/behaviours/order-by-drag.js'

const ITEMS = ['a', 'b', 'c', 'd']

/** The list once `moved` stands at the place that is sent. */
function after(moved, other, isAfter) {
  const rest = ITEMS.filter((item) => item !== moved)
  rest.splice(placeOf(ITEMS, moved, other, isAfter) - 1, 0, moved)
  return rest.join('')
}

test('a thing let go before or after another stands there, whichever way it came', () => {
  const cases = [['a', 'c', false], ['a', 'c', true], ['d', 'b', false], ['d', 'b', true], ['b', 'a', false], ['a', 'd', true]]
  assert.deepEqual(cases.map((each) => after(...each)), ['bacd', 'bcad', 'adbc', 'abdc', 'bacd', 'bcda'])
})
