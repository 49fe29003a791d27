// How one device speaks to each kind of server. Every transport has `open()`, `send(op)`, `backlog()` (ops not yet
// answered), `final()` (the server's notes and the seq of its group afterwards, where it has such a thing) and
// `close()`. `seen(note, version)` is called for each row that arrives from the others.
//
// An op is `{ op, note, version, text, before }`; `before` is the note's text up to now, or null for a new note.
import { Agent, get, request } from 'node:http'

const MOST_OPS = 50
const TRY_AGAIN_MS = 200
const CSRF = 'benchmarkbenchmarkbenchmarkbench'

export class Tavolo {
  constructor(hall, { group, cookie }, seen, tally) {
    Object.assign(this, { hall, group, seen, tally })
    this.queue = []
    this.waiting = 0
    this.headers = { Cookie: `session=${cookie}; csrftoken=${CSRF}` }
    this.agent = new Agent({ keepAlive: true, maxSockets: 1 })
  }

  async open() {
    this.seq = (await this.final()).seq
    await new Promise((resolve, reject) => {
      const address = `${this.hall.origin}/live/groups/${this.group}?since=${this.seq}`
      this.stream = get(address, { headers: this.headers, agent: false }, (answer) => {
        if (answer.statusCode !== 200) reject(new Error(`${address} answered ${answer.statusCode}`))
        answer.setEncoding('utf8')
        let rest = ''
        answer.on('data', (piece) => {
          resolve()
          const blocks = (rest + piece).split('\n\n')
          rest = blocks.pop()
          for (const block of blocks) this.heard(block)
        })
        answer.on('end', () => this.closed || (this.tally.broken += 1))
      })
      this.stream.on('error', (problem) => (this.closed ? undefined : reject(problem)))
    })
  }

  heard(block) {
    const lines = block.split('\n')
    if (!lines.includes('event: notes')) return
    const { notes } = JSON.parse(lines.find((line) => line.startsWith('data: ')).slice(6))
    for (const row of notes) this.seen(row.id, Number(row.text.slice(row.text.lastIndexOf('#') + 1)))
  }

  send(op) {
    this.queue.push(this.onTheWire(op))
    if (!this.busy) this.pump()
  }

  onTheWire({ op, note, text, before }) {
    const { session, prompt } = this.hall
    const first = { session: { to: session }, prompt: { to: prompt }, kind: { to: 'habit' }, lang: { to: 'it' } }
    const set = before === null ? { ...first, text: { from: '', to: text } } : { text: { from: before, to: text } }
    return { op, note, do: 'set', written_at: new Date().toISOString(), set }
  }

  // One request at a time, as the tablet does; whatever was written meanwhile goes together in the next.
  async pump() {
    this.busy = true
    while (this.queue.length) {
      const ops = this.queue.splice(0, MOST_OPS)
      this.waiting = ops.length
      const acks = await this.post({ ops }).catch(() => null)
      if (acks === null) {
        this.tally.retries += 1
        this.queue.unshift(...ops)
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS))
      } else {
        const stored = new Set(acks.filter((ack) => ack.status === 'stored').map((ack) => ack.op))
        this.tally.refused += ops.filter(({ op }) => !stored.has(op)).length
        this.tally.acked += stored.size
      }
      this.waiting = 0
    }
    this.busy = false
  }

  async post(body) {
    const headers = { ...this.headers, 'X-CSRFToken': CSRF, 'Content-Type': 'application/json' }
    const [status, text] = await this.ask('POST', 'ops', headers, JSON.stringify(body))
    if (status !== 200) throw new Error(`ops answered ${status}: ${text.slice(0, 300)}`)
    return JSON.parse(text).acks
  }

  ask(method, path, headers, body) {
    const address = `${this.hall.origin}/api/v1/groups/${this.group}/${path}`
    const length = body ? { 'Content-Length': Buffer.byteLength(body) } : {}
    return new Promise((resolve, reject) => {
      const asked = request(address, { method, headers: { ...headers, ...length }, agent: this.agent }, (answer) => {
        const pieces = []
        answer.on('data', (piece) => pieces.push(piece))
        answer.on('end', () => resolve([answer.statusCode, Buffer.concat(pieces).toString()]))
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  backlog() {
    return this.queue.length + this.waiting
  }

  async final() {
    const notes = new Map()
    for (let since = 0, more = true, seq = 0; more; since = seq) {
      const [status, text] = await this.ask('GET', `changes?since=${since}`, this.headers)
      if (status !== 200) throw new Error(`changes answered ${status}: ${text.slice(0, 300)}`)
      const page = JSON.parse(text)
      for (const row of page.notes) notes.set(row.id, row.text)
      ;({ seq, more } = page)
      if (!more) return { seq, notes }
    }
  }

  close() {
    this.closed = true
    this.stream.destroy()
    this.agent.destroy()
  }
}

/** What both peers share: a socket for each device, and no answer to wait for. */
class Socketed {
  constructor(hall, { group }, seen, tally) {
    Object.assign(this, { hall, group, seen, tally })
  }

  async open() {
    const { WebSocket } = await import('ws')
    this.socket = new WebSocket(`${this.hall.origin.replace('http', 'ws')}/${this.group}`, { perMessageDeflate: false })
    this.socket.binaryType = 'arraybuffer'
    await this.prepare()
    await new Promise((resolve, reject) => this.socket.on('open', resolve).on('error', reject))
  }

  backlog() {
    return 0
  }

  async final() {
    return null
  }

  close() {
    this.socket.terminate()
  }
}

export class Echo extends Socketed {
  async prepare() {
    this.socket.on('message', (data) => {
      const { note, version } = JSON.parse(new TextDecoder().decode(data))
      this.seen(note, version)
    })
  }

  send(op) {
    this.socket.send(JSON.stringify(op))
    this.tally.acked += 1
  }
}

export class Yjs extends Socketed {
  async prepare() {
    const [{ Doc }, sync, encoding, decoding] = await Promise.all([
      import('yjs'),
      import('y-protocols/sync'),
      import('lib0/encoding'),
      import('lib0/decoding'),
    ])
    const document = new Doc()
    const message = (write) => {
      const encoder = encoding.createEncoder()
      encoding.writeVarUint(encoder, 0)
      write(encoder)
      if (encoding.length(encoder) > 1) this.socket.send(encoding.toUint8Array(encoder))
    }
    this.notes = document.getMap('notes')
    this.notes.observe((event) => {
      if (event.transaction.local) return
      for (const note of event.keysChanged) this.seen(note, this.notes.get(note).version)
    })
    document.on('update', (update, origin) => {
      if (origin !== this) message((encoder) => sync.writeUpdate(encoder, update))
    })
    this.socket.on('open', () => message((encoder) => sync.writeSyncStep1(encoder, document)))
    this.socket.on('message', (data) => {
      const decoder = decoding.createDecoder(new Uint8Array(data))
      if (decoding.readVarUint(decoder) === 0) {
        message((encoder) => sync.readSyncMessage(decoder, encoder, document, this))
      }
    })
  }

  send({ note, version, text }) {
    this.notes.set(note, { version, text, kind: 'habit', lang: 'it' })
    this.tally.acked += 1
  }
}
