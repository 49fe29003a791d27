// "Something changed": a stream that comes back by itself, and polling while there is none. What only time changes (a tablet
// that went silent, a session that is over) is seen by looking again now and then.

const WAITS_MS = [1000, 2000, 5000, 10_000, 30_000]
const POLL_MS = 10_000
const LOOK_AGAIN_MS = 30_000
const LISTENED_LONG_ENOUGH_MS = 10_000 // a stream that held this long was a good one: the next wait is short again

/**
 * Call `refresh` after each change, when the device finds or loses its network, every ten seconds while no stream is open, and every thirty
 * while one is. One refresh runs at a time; changes meanwhile cause one more.
 * @param {string} url
 * @param {() => Promise<void>} refresh  rejects when the page could not be had
 * @param {(isFresh: boolean) => void} say  told after each attempt
 * @param {{EventSource?: typeof EventSource, setTimeout?: typeof setTimeout, now?: () => number, network?: EventTarget}} [world]
 */
export function follow(url, refresh, say, world = {}) {
  const { EventSource = globalThis.EventSource, setTimeout = globalThis.setTimeout.bind(globalThis), now = Date.now, network = globalThis.window } = world
  let isRunning = false
  let isWanted = false
  let isListening = false
  let failures = 0
  let lookedAt = now()

  async function changed() {
    isWanted = true
    if (isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      lookedAt = now()
      try {
        await refresh()
        say(true)
      } catch {
        say(false)
      }
    }
    isRunning = false
  }

  function listen() {
    const stream = new EventSource(url)
    let openedAt = null
    stream.addEventListener('open', () => {
      openedAt = now()
      isListening = true
      changed() // whatever happened while nobody listened
    })
    stream.addEventListener('changed', changed)
    stream.addEventListener('error', () => {
      stream.close()
      isListening = false
      if (openedAt !== null && now() - openedAt > LISTENED_LONG_ENOUGH_MS) failures = 0
      setTimeout(listen, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)])
    })
  }

  function poll() {
    if (!isListening || now() - lookedAt >= LOOK_AGAIN_MS) changed()
    setTimeout(poll, POLL_MS)
  }

  // An open stream says nothing when the network goes: the device knows first.
  for (const turn of ['online', 'offline']) network?.addEventListener(turn, changed)
  listen()
  setTimeout(poll, POLL_MS)
  return { changed }
}
