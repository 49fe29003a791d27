// A hall full of devices in one process. It reads one line of JSON (see benchmarks/live.py), opens every device, says
// "ready", waits for a line, makes the traffic, and prints what was found as one JSON object.
//
// Each third op is a new note, the others change the device's newest note. An op has arrived at a device when a row
// with its version of the note, or a later one, has. A device's own ops are not counted as arriving.
import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { Echo, Tavolo, Yjs } from './transports.mjs'

const KINDS = { tavolo: Tavolo, echo: Echo, yjs: Yjs }
const WARM_UP_S = 1
const LONGEST_WAIT_S = 300
const QUIET_S = 15
const SAID = 'Tengo la macchina ferma da domenica a venerdì, per andare al mercato prendo la bici di mia sorella.'

const now = () => performance.now()
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const hall = JSON.parse((await lines.next()).value)
const tally = { acked: 0, refused: 0, retries: 0, broken: 0, arrived: 0, last: 0, disorder: 0, waits: [], lags: [] }
const notes = new Map()
let made = 0

/** A tablet: what it has written, and which version of each note of the others it has. */
class Device {
  constructor(ticket, size) {
    this.others = size - 1
    this.has = new Map()
    this.written = 0
    this.transport = new KINDS[hall.kind](hall, ticket, (note, version) => this.sees(note, version), tally)
  }

  write({ onlyNew = false } = {}) {
    if (onlyNew || this.written++ % 3 === 0) {
      this.note = randomUUID()
      notes.set(this.note, { author: this, times: [], text: null })
    }
    const note = notes.get(this.note)
    const before = note.text
    note.times.push(now())
    note.text = `${SAID} #${note.times.length}`
    made += 1
    this.transport.send({ op: randomUUID(), note: this.note, version: note.times.length, text: note.text, before })
  }

  sees(id, version) {
    const note = notes.get(id)
    if (note === undefined || note.author === this) return
    const known = this.has.get(id) ?? 0
    if (version < known) tally.disorder += 1
    const at = now()
    for (let each = known; each < version; each += 1) {
      tally.waits.push(at - note.times[each])
      tally.arrived += 1
    }
    if (version > known) {
      this.has.set(id, version)
      tally.last = at
    }
  }
}

const tables = hall.tables.map((tickets) => tickets.map((ticket) => new Device(ticket, tickets.length)))
const devices = tables.flat()

/** Each device writes at an even pace, one after the other; a late timer is noted and not made up for. */
async function traffic(seconds) {
  const period = (1000 * devices.length) / hall.rate
  const start = now()
  await Promise.all(
    devices.map(async (device, place) => {
      for (let due = (place * period) / devices.length; due < 1000 * seconds; due += period) {
        await sleep(Math.max(0, start + due - now()))
        tally.lags.push(now() - start - due)
        device.write()
      }
    }),
  )
}

/** Wait until everything was answered and has arrived, or nothing has moved for a while. Gives the time of the acks. */
async function settle() {
  const start = now()
  let [moved, state, acked] = [start, '', 0]
  while (now() - moved < 1000 * QUIET_S && now() - start < 1000 * LONGEST_WAIT_S) {
    const backlog = devices.reduce((sum, device) => sum + device.transport.backlog(), 0)
    if (backlog === 0 && !acked) acked = now()
    if (backlog === 0 && tally.arrived === expected()) break
    const next = `${backlog} ${tally.arrived} ${tally.acked}`
    if (next !== state) [state, moved] = [next, now()]
    await sleep(2)
  }
  return acked || now()
}

const expected = () =>
  [...notes.values()].reduce((sum, { author, times }) => sum + times.length * author.others, 0)

function percentile(values, share) {
  const ordered = Float64Array.from(values).sort()
  return ordered.length ? ordered[Math.min(Math.floor(share * ordered.length), ordered.length - 1)] : 0
}

const rounded = (value, digits = 2) => Number(value.toFixed(digits))

/** How many notes the server holds otherwise than their authors wrote them last, and how many ops it took twice. */
async function compare() {
  const found = { differ: 0, doubled: 0 }
  for (const table of tables) {
    const final = await table[0].transport.final()
    if (final === null) return found
    const own = [...notes.entries()].filter(([, { author }]) => table.includes(author))
    found.differ += own.filter(([id, { text }]) => final.notes.get(id) !== text).length
    const ops = own.reduce((sum, [, { times }]) => sum + times.length, 0)
    found.doubled += final.seq - table[0].transport.seq - ops
  }
  return found
}

for (const table of tables) await Promise.all(table.map((device) => device.transport.open()))
if (!hall.queued) {
  await traffic(WARM_UP_S)
  await settle()
}
const warm = made
Object.assign(tally, { waits: [], lags: [] })
console.log('ready')
await lines.next()

const cpu = process.cpuUsage()
const start = now()
if (hall.queued) {
  for (const device of devices.slice(0, hall.writers || devices.length)) {
    for (let each = 0; each < hall.queued; each += 1) device.write({ onlyNew: true })
  }
} else {
  await traffic(hall.seconds)
}
const written = now()
const acked = await settle()
const used = process.cpuUsage(cpu)
const wall = now() - start
console.log('settled')
await lines.next()
const { differ, doubled } = await compare()
const receivers = Math.max(1, devices[0].others)
const share = (used.user + used.system) / 1000 / wall
console.log(
  JSON.stringify({
    ops: made - warm,
    lost: Math.max(made - tally.acked, Math.ceil((expected() - tally.arrived) / receivers), differ),
    doubled,
    disorder: tally.disorder,
    refused: tally.refused,
    retries: tally.retries,
    broken_streams: tally.broken,
    p50_ms: rounded(percentile(tally.waits, 0.5)),
    p95_ms: rounded(percentile(tally.waits, 0.95)),
    p99_ms: rounded(percentile(tally.waits, 0.99)),
    acked_s: rounded((acked - start) / 1000, 3),
    acked_after_s: rounded((acked - written) / 1000, 3),
    visible_s: rounded((tally.last - start) / 1000, 3),
    late_timer_p99_ms: rounded(percentile(tally.lags, 0.99)),
    generator_cpu_share: rounded(share),
  }),
)
for (const device of devices) device.transport.close()
process.exit(0)
