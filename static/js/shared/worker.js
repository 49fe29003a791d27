// The service worker, registered through the page's Trusted Types policy, which lets through this one address.

const ADDRESS = '/sw.js'
const ASK_EVERY_MS = 10 * 60_000 // a pad may stay open all evening; a new release and the kill switch reach it too
const ANSWER_WITHIN_MS = 20_000

function trusted(address) {
  if (!globalThis.trustedTypes) return address
  const policy = trustedTypes.createPolicy('app', {
    createScriptURL(url) {
      if (url !== ADDRESS) throw new TypeError(`not our worker: ${url}`)
      return url
    },
  })
  return policy.createScriptURL(address)
}

function keepAsking(registration) {
  const ask = () => registration.update().catch(() => {}) // no connection, or the worker was taken away
  setInterval(ask, ASK_EVERY_MS)
  window.addEventListener('online', ask)
}

/** Load the release that waits, or this one anew when none does. */
function load({ waiting }) {
  if (!waiting) return location.reload()
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  return waiting.postMessage('activate')
}

/** Resolves once the release being fetched, if there is one, is whole or has failed. */
const installed = ({ installing }) => installing
  && new Promise((resolve) => installing.addEventListener('statechange', resolve, { once: true }))

/** For a page that cannot open as it is: look for a newer release and load what there is. */
export async function loadNewest() {
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.update().catch(() => {})
  if (registration) await installed(registration)
  load(registration ?? {})
}

/**
 * Call `offer` when a newer release waits. It waits until `useIt()` is called, so that a pad in use keeps its release.
 * @param {(useIt: () => void) => void} offer
 */
export async function registerWorker(offer) {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register(trusted(ADDRESS), { scope: '/' })
  const useIt = () => load(registration)
  if (registration.waiting && registration.active) offer(useIt)
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing
    fresh.addEventListener('statechange', () => {
      if (fresh.state === 'installed' && registration.active && registration.active !== fresh) offer(useIt)
    })
  })
  keepAsking(registration)
}

/**
 * Ask the worker behind this page which files would not come without a connection; it first fetches what it lost.
 * @param {string[]} needed  paths of files this page uses
 * @returns {Promise<string[]|null>} null when there is no worker that could open the page
 */
export async function findMissing(needed) {
  const worker = navigator.serviceWorker?.controller
  if (!worker) return null
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data)
    setTimeout(() => resolve(null), ANSWER_WITHIN_MS)
    worker.postMessage({ check: needed }, [port2])
  })
}
