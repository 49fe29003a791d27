// A table drawn from above, and where its seats stand.
import { svg } from './dom.js'

const MIDDLE = 42
const LONG_SIDE = 62
const STEP = 19

/** Seats stand close together around the middle of their side. */
function row(count, y, turn) {
  const step = Math.min(STEP, LONG_SIDE / count)
  return Array.from({ length: count }, (_, at) => ({ x: MIDDLE + (at - (count - 1) / 2) * step, y, turn }))
}

/**
 * Both long sides first, then the ends, as many as there are seats.
 * @param {number} seats  up to 10 drawn
 * @returns {{x: number, y: number, turn: number}[]}  `turn` in degrees
 */
function seatPlaces(seats) {
  const count = Math.min(10, Math.max(2, seats))
  const ends = count > 6 ? 2 : 0
  const top = Math.ceil((count - ends) / 2)
  const places = [...row(top, 10, 0), ...row(count - ends - top, 42, 180)]
  if (ends) places.push({ x: 76, y: 26, turn: 90 }, { x: 8, y: 26, turn: -90 })
  return places
}

/** The first `people` seats are taken, the others free. */
export function tableDrawing({ seats, people }) {
  const drawing = svg('svg', { class: 'table-drawing', viewBox: '0 0 84 52', 'aria-hidden': 'true' },
    svg('rect', { class: 'table-top', x: 11, y: 13, width: 62, height: 26, rx: 6 }))
  seatPlaces(seats).forEach(({ x, y, turn }, at) => drawing.append(svg('path', {
    class: at < people ? 'seat' : 'seat free', d: 'M-7.5 0h15v-2.5a7.5 7.5 0 0 0-15 0z', transform: `translate(${x} ${y}) rotate(${turn})`,
  })))
  return drawing
}
