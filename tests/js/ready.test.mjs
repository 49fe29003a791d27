import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isForgotten, judge, size } from '../../static/js/notepad/ready.js'

const IPAD = { userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15', maxTouchPoints: 5, standalone: false }
const ALL_WELL = {
  hasWorkers: true, missing: [], hasKit: true, canWrite: true, free: 5e9, isPersistent: true, isForgotten: false,
}
const words = (facts) => judge({ ...ALL_WELL, ...facts }).map(({ state, word }) => [state, word])
const WELL = [
  ['good', 'ready_page'], ['good', 'ready_kit'], ['good', 'ready_writing'], ['good', 'ready_room'], ['good', 'ready_lasting'],
]
const withLine = (at, line) => WELL.with(at, line)

test('a tablet that has everything is ready in each line', () => {
  assert.deepEqual(words({}), WELL)
})

test('each thing that is missing makes its own line bad, and no other', () => {
  assert.deepEqual(words({ hasWorkers: false, missing: null }), withLine(0, ['bad', 'ready_page_never']))
  assert.deepEqual(words({ missing: null }), withLine(0, ['bad', 'ready_page_not']))
  assert.deepEqual(words({ missing: ['/static/js/pad.js'] }), withLine(0, ['bad', 'ready_page_missing']))
  assert.deepEqual(words({ hasKit: false }), withLine(1, ['bad', 'ready_kit_not']))
  assert.deepEqual(words({ canWrite: false }), withLine(2, ['bad', 'ready_writing_not']))
  assert.deepEqual(words({ free: 19_999_999 }), withLine(3, ['bad', 'ready_room_not']))
})

test('storage that may be dropped is a hint, and a browser that tells no room has no such line', () => {
  assert.deepEqual(words({ isPersistent: false }), withLine(4, ['hint', 'ready_lasting_not']))
  assert.deepEqual(words({ isForgotten: true }), withLine(4, ['hint', 'ready_home_screen']))
  assert.deepEqual(words({ free: null }), WELL.toSpliced(3, 1))
})

test('only an iPhone or iPad outside the Home Screen forgets the page', () => {
  const phone = { ...IPAD, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)' }
  const cases = [IPAD, phone, { ...IPAD, standalone: true }, { ...IPAD, maxTouchPoints: 0 }, { ...IPAD, userAgent: 'Linux; Android 14' }]
  assert.deepEqual(cases.map(isForgotten), [true, true, false, false, false])
})

test('room is said in a unit people know', () => {
  assert.deepEqual([size(19_999_999, 'en'), size(1_260_000_000, 'en'), size(1_260_000_000, 'it')], ['19 MB', '1.2 GB', '1,2 GB'])
})
