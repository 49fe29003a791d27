// WebSocket rooms by path, and a page that says "I am up".
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

/** Serve on `port`; `enter(socket, room)` is called for each client. A room is `{ sockets }` and what `enter` adds. */
export function serveRooms(port, enter) {
  const rooms = new Map()
  const server = createServer((_request, response) => response.end('alive'))
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on('connection', (socket, request) => {
    const room = rooms.get(request.url) ?? { sockets: new Set() }
    rooms.set(request.url, room)
    room.sockets.add(socket)
    socket.on('close', () => room.sockets.delete(socket))
    enter(socket, room)
  })
  server.listen(port, '127.0.0.1')
}
