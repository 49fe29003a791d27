// The service worker, registered through the page's Trusted Types policy, which lets through this one address.

const ADDRESS = '/sw.js'

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

/** Ask the waiting worker to take over; it waits for this, so that a pad in use keeps its release. */
const activate = (registration) => registration.waiting?.postMessage('activate')

/**
 * @param {(useIt: () => void) => void} onRelease  called when a newer release waits; `useIt()` loads it
 */
export async function registerWorker(onRelease) {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register(trusted(ADDRESS), { scope: '/' })
  const offer = () => onRelease(() => {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    activate(registration)
  })
  if (registration.waiting && registration.active) offer()
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing
    fresh.addEventListener('statechange', () => {
      if (fresh.state === 'installed' && registration.active && registration.active !== fresh) offer()
    })
  })
}
