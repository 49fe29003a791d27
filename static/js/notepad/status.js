// How this tablet is, for the organiser's cockpit: what waits to be sent, whether it would work without a connection, and the battery where the browser tells. No more.

const LOOK_MS = 15_000
const TELL_AGAIN_MS = 60_000

/**
 * @param {object} parts
 * @param {(status: {unsent: number, ready: boolean|null, battery: number|null, charging: boolean|null}) => Promise<any>} parts.send
 * @param {() => number} parts.unsent
 * @param {() => boolean|null} parts.isReady
 * @param {() => boolean} parts.mayTell
 * @param {(() => Promise<{level: number, charging: boolean}>)|undefined} [parts.getBattery]
 * @param {() => number} [parts.now]
 */
export function createStatus({ send, unsent, isReady, mayTell, getBattery = globalThis.navigator?.getBattery?.bind(navigator), now = Date.now }) {
  let told = ''
  let toldAt = -Infinity

  /** The battery in steps of five percent; null where the browser keeps it to itself. */
  async function battery() {
    try {
      const { level, charging } = await getBattery()
      return { battery: Math.round(level * 20) * 5, charging }
    } catch {
      return { battery: null, charging: null }
    }
  }

  /** Tell what changed, or the same again after a minute. */
  async function look() {
    if (!mayTell()) return
    const status = { unsent: Math.min(unsent(), 9999), ready: isReady(), ...await battery() }
    const news = JSON.stringify(status)
    if (news === told && now() - toldAt < TELL_AGAIN_MS) return
    told = news
    toldAt = now()
    await send(status).catch(() => { told = '' })
  }

  return {
    look,
    /** Tell it at once, changed or not: whoever asks now wants to know that nothing is left here. */
    tellAnew() {
      told = ''
      return look()
    },
    start() {
      look()
      setInterval(look, LOOK_MS)
    },
  }
}
