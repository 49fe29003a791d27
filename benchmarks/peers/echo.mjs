// The floor: a bare WebSocket relay. What one client of a room sends, the others get; nothing is kept.
// `node echo.mjs PORT`; the path is the room.
import { serveRooms } from './rooms.mjs'

serveRooms(Number(process.argv[2]), (socket, room) => {
  socket.on('message', (data, isBinary) => {
    for (const other of room.sockets) if (other !== socket) other.send(data, { binary: isBinary })
  })
})
