// A Yjs server as y-websocket's is: one document for each room in memory, the sync protocol, updates to everybody.
// Nothing is written to disk, which is how that server runs unless it is given a store. `node yjs.mjs PORT`.
import { createDecoder, readVarUint } from 'lib0/decoding'
import { createEncoder, length, toUint8Array, writeVarUint } from 'lib0/encoding'
import { readSyncMessage, writeSyncStep1, writeUpdate } from 'y-protocols/sync'
import { Doc } from 'yjs'
import { serveRooms } from './rooms.mjs'

const SYNC = 0

serveRooms(Number(process.argv[2]), (socket, room) => {
  room.document ??= documentOf(room)
  socket.binaryType = 'arraybuffer'
  socket.on('message', (data) => {
    const decoder = createDecoder(new Uint8Array(data))
    const answer = createEncoder()
    writeVarUint(answer, SYNC)
    if (readVarUint(decoder) === SYNC) readSyncMessage(decoder, answer, room.document, socket)
    if (length(answer) > 1) socket.send(toUint8Array(answer))
  })
  const hello = createEncoder()
  writeVarUint(hello, SYNC)
  writeSyncStep1(hello, room.document)
  socket.send(toUint8Array(hello))
})

function documentOf(room) {
  const document = new Doc()
  document.on('update', (update) => {
    const message = createEncoder()
    writeVarUint(message, SYNC)
    writeUpdate(message, update)
    for (const socket of room.sockets) socket.send(toUint8Array(message))
  })
  return document
}
