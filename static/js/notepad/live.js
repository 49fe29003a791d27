// The stream of news, and polling when there is none. Read with fetch rather than EventSource, because only so can the
// heartbeat comments, the status and the content type be seen.

const SILENCE_MS = 12_000 // a comment comes every 5 s
const PATIENCE_MS = 3000 // for a stream that has not spoken yet
const POLL_MS = 5000
const WAITS_MS = [500, 1000, 2000, 5000, 15_000]

/**
 * Cut server-sent events out of chunks of text. Comments are dropped.
 * @param {AsyncIterable<string>} chunks
 * @returns {AsyncGenerator<{event: string, data: string}>}
 */
export async function* events(chunks) {
  let rest = ''
  for await (const chunk of chunks) {
    const blocks = (rest + chunk).replaceAll('\r\n', '\n').split('\n\n')
    rest = blocks.pop()
    for (const block of blocks) {
      const found = { event: 'message', data: [] }
      for (const line of block.split('\n')) {
        const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? []
        if (name === 'event') found.event = value
        if (name === 'data') found.data.push(value)
      }
      if (found.data.length) yield { event: found.event, data: found.data.join('\n') }
    }
  }
}

/** Text of a response, calling `heard` at each piece, heartbeat or not. */
async function* pieces(body, heard) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    heard()
    yield decoder.decode(value, { stream: true })
  }
}

/**
 * Keep a stream open, one per browser (the caller holds the lock), and say when there is none.
 * @param {object} parts
 * @param {ReturnType<import('./net.js').createNet>} parts.net
 * @param {() => Promise<number>} parts.since
 * @param {(event: string, data: any) => Promise<void>|void} parts.hear
 * @param {() => Promise<any>} parts.poll  ask for changes once
 * @param {(isStreaming: boolean) => void} parts.say
 */
export function createLive({ net, since, hear, poll, say }) {
  let quietAt = Date.now() // since when no stream speaks
  let controller = null // of the attempt that is open, if any
  let triedAt = 0
  let heardAt = 0 // the last byte: headers alone come through a proxy that keeps the body to itself
  let polledAt = 0
  let failures = 0
  let isStreaming = null
  let retry = null

  function tell(now) {
    if (isStreaming !== now) say(now)
    isStreaming = now
  }

  async function read(mine) {
    const asked = await since()
    const response = await net.stream(asked, mine.signal)
    if (!response.ok || !/^text\/event-stream\b/.test(response.headers.get('Content-Type') ?? '')) throw new Error('no stream')
    function heard() {
      if (mine !== controller) return
      heardAt = Date.now()
      failures = 0
      tell(true)
    }
    for await (const { event, data } of events(pieces(response.body, heard))) {
      if (mine !== controller) return
      const news = JSON.parse(data)
      if (event === 'notes' && news.seq < asked) poll() // the server knows less than we do: it was restored
      await hear(event, news)
    }
  }

  const hasSpoken = () => controller !== null && heardAt >= triedAt
  const silence = () => Date.now() - Math.max(heardAt, triedAt)

  function fallQuiet() {
    if (hasSpoken()) quietAt = Date.now()
  }

  async function listen() {
    clearTimeout(retry)
    fallQuiet()
    controller?.abort()
    const mine = (controller = new AbortController())
    triedAt = Date.now()
    try {
      await read(mine)
    } catch {
      mine.abort()
    }
    if (mine !== controller) return // another one was opened meanwhile
    fallQuiet()
    controller = null
    retry = setTimeout(listen, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)])
  }

  function watch() {
    const now = Date.now()
    if (hasSpoken() ? silence() > SILENCE_MS : now - quietAt > PATIENCE_MS) tell(false)
    if (controller && silence() > SILENCE_MS) controller.abort() // and try again, later each time
    if (isStreaming === false && now - polledAt >= POLL_MS) {
      polledAt = now
      poll()
    }
  }

  return {
    start() {
      setInterval(watch, 1000)
      return listen()
    },
    /** The connection may be back, or the page was asleep: do not wait for the next try. */
    restart() {
      failures = 0
      if (!controller || silence() > SILENCE_MS / 2) listen()
    },
    /** The server's history is another one: the old place in it means nothing. */
    reopen: listen,
    /** The browser says there is no connection. */
    drop: () => controller?.abort(),
  }
}
