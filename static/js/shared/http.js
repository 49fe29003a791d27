// The server as a device sees it: every answer is handed on whole, to be judged by whoever asked.

/** No answer came at all: no connection, a time limit, or a redirect, which our API never sends. */
export class Unreachable extends Error {}

const TIME_LIMIT_MS = 10_000

/** Django's CSRF token; read at each send because it rotates at sign-in. */
export function csrfToken(cookies) {
  const match = /(?:^|;\s*)(?:__Host-csrf|csrftoken)=([^;]*)/.exec(cookies)
  return match ? decodeURIComponent(match[1]) : ''
}

/** A signal that aborts after `ms`; Safari 15 has no AbortSignal.timeout. */
export function timeLimit(ms, { native = AbortSignal.timeout?.bind(AbortSignal), later = setTimeout } = {}) {
  if (native) return native(ms)
  const controller = new AbortController()
  later(() => controller.abort(), ms)
  return controller.signal
}

/**
 * Ways to ask, each with a time limit.
 * @param {{fetch?: typeof fetch, cookies?: () => string}} [world]
 */
export function createHttp({ fetch = globalThis.fetch.bind(globalThis), cookies = () => document.cookie } = {}) {
  async function request(url, options = {}) {
    try {
      return await fetch(url, { credentials: 'same-origin', redirect: 'error', cache: 'no-store', ...options })
    } catch (error) {
      throw new Unreachable(url, { cause: error })
    }
  }

  /** @returns {Promise<import('./read.js').Answer>} */
  async function ask(url, options = {}) {
    const response = await request(url, { signal: timeLimit(TIME_LIMIT_MS), ...options })
    try {
      const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10)
      return {
        status: response.status,
        type: response.headers.get('Content-Type') ?? '',
        text: await response.text(),
        retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
      }
    } catch (error) {
      throw new Unreachable(url, { cause: error })
    }
  }

  return {
    request,
    ask,
    post: (url, body) => ask(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken(cookies()) },
      body: JSON.stringify(body),
    }),
    /** A form without fields; the server answers with a page, which nobody reads. */
    press: (url) => request(url, { method: 'POST', redirect: 'manual', headers: { 'X-CSRFToken': csrfToken(cookies()) } }),
  }
}
