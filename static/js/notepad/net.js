// What a tablet asks of its table's server.
import { createHttp } from '../shared/http.js'

/**
 * @param {string} group
 * @param {Parameters<typeof createHttp>[0]} [world]
 */
export function createNet(group, world) {
  const { request, ask, post, press } = createHttp(world)
  const api = `/api/v1/groups/${group}`
  return {
    kit: () => ask(api),
    changes: (since) => ask(`${api}/changes?since=${since}`),
    /** `author`: `me.key` of the kit the ops were written under. */
    push: (ops, author) => post(`${api}/ops`, { as: author, ops }),
    presence: (note) => post(`${api}/presence`, { note }),
    status: (status) => post(`${api}/status`, status),
    /** This browser is no tablet of the table any more. */
    leave: () => press('/table/leave/'),
    /** The open stream; read by live.js, which sees its comments too, as EventSource would not show them. */
    stream: (since, signal) => request(`/live/groups/${group}?since=${since}`, {
      signal, headers: { Accept: 'text/event-stream' },
    }),
  }
}
