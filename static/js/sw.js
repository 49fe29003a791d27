// Opens the note-pad without a connection. It keeps one release of the shell and nothing else: notes live in IndexedDB,
// and every other page comes from the network as if this file were not there.
/* global __PRECACHE__, __RELEASE__ */

const CACHE = `tavolo-${__RELEASE__}`
const ASSETS = new Set(__PRECACHE__)
const SHELL = '/table/shell/'
const PAD = /^\/table\/[0-9a-f-]{36}\/$/
const PATIENCE_MS = 3000
const IS_OFF = __RELEASE__ === 'off' // the release that takes the worker off every tablet

self.addEventListener('install', (event) => {
  if (IS_OFF) return event.waitUntil(self.skipWaiting())
  const requests = [...ASSETS, SHELL].map((url) => new Request(url, { cache: ASSETS.has(url) ? 'default' : 'reload' }))
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('tavolo-') && (IS_OFF || name !== CACHE))
    await Promise.all(names.map((name) => caches.delete(name)))
    if (IS_OFF) await self.registration.unregister()
    else await self.clients.claim()
  })())
})

// A pad in use keeps its release until the person asks for the new one.
self.addEventListener('message', ({ data }) => {
  if (data === 'activate') self.skipWaiting()
})

const afterPatience = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))

/** The page from the network; the kept shell when nothing comes in time, or the server behind the proxy is away. */
async function openPad(request) {
  const response = await Promise.race([fetch(request), afterPatience()]).catch(() => null)
  if (response && response.status < 500) return response
  return (await caches.match(SHELL, { cacheName: CACHE })) ?? response ?? Response.error()
}

const openAsset = async (request) => (await caches.match(request, { cacheName: CACHE })) ?? fetch(request)

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (IS_OFF || request.method !== 'GET' || url.origin !== self.location.origin) return
  if (ASSETS.has(url.pathname)) event.respondWith(openAsset(request))
  else if (request.mode === 'navigate' && PAD.test(url.pathname)) event.respondWith(openPad(request))
})
