// What a desk asks of the server.
import { createHttp } from '../shared/http.js'

/**
 * @param {string} workshop
 * @param {Parameters<typeof createHttp>[0]} [world]
 */
export function createNet(workshop, world) {
  const { ask, post, press } = createHttp(world)
  const arrivals = `/api/v1/workshops/${workshop}/arrivals`
  return {
    /** @param {string} version  of the list that is known; empty for all of it */
    list: (version) => ask(`${arrivals}?known=${encodeURIComponent(version)}`),
    push: (ops, author) => post(arrivals, { as: author, ops }),
    signOut: () => press(document.body.dataset.signOut),
  }
}
