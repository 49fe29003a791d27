// A table drawn from above: people along its long sides, the moderators at its ends.
import { svg } from './dom.js'

const MIDDLE = 42
const LONG_SIDE = 62
const SEAT = 17 // a seat and the air beside it
const STEP = 19
const MOST_DRAWN = 10
const ENDS = [{ x: 8, y: 26, turn: -90, scale: 1 }, { x: 76, y: 26, turn: 90, scale: 1 }]

/** Seats stand close together around the middle of their side, and grow smaller where they are many. */
function row(count, y, turn) {
  const step = Math.min(STEP, LONG_SIDE / count)
  return Array.from({ length: count }, (_, at) => ({ x: MIDDLE + (at - (count - 1) / 2) * step, y, turn, scale: Math.min(1, step / SEAT) }))
}

/** @param {number} seats  of people, up to ten drawn */
function seatPlaces(seats) {
  const count = Math.min(MOST_DRAWN, Math.max(2, seats))
  const top = Math.ceil(count / 2)
  return [...row(top, 10, 0), ...row(count - top, 42, 180)]
}

const seat = (look) => ({ x, y, turn, scale }) => svg('path', {
  class: `seat ${look}`, d: 'M-7.5 0h15v-2.5a7.5 7.5 0 0 0-15 0z', transform: `translate(${x} ${y}) rotate(${turn}) scale(${scale})`,
})

/**
 * The first `people` seats are taken, the others free; the one with the number `yours` is marked.
 * @param {{seats: number, people: number, yours?: number}} group
 * @param {string[]} ends  the looks of the moderators' seats, `"mine"`, `"sat"` or `"free"`; at most two
 */
export function tableDrawing({ seats, people, yours = 0 }, ends = ['free', 'free']) {
  return svg('svg', { class: 'table-drawing', viewBox: '0 0 84 52', 'aria-hidden': 'true' },
    svg('rect', { class: 'table-top', x: 11, y: 13, width: 62, height: 26, rx: 6 }),
    seatPlaces(seats).map((place, at) => seat(at + 1 === yours ? 'yours' : at < people ? 'sat' : 'free')(place)),
    ends.slice(0, ENDS.length).map((look, at) => seat(look)(ENDS[at])))
}
