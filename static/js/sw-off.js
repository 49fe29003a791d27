// The kill switch: served as /sw.js when TAVOLO_SERVICE_WORKER is off, it takes the place of the worker on every tablet,
// drops the pages kept there and goes. Notes are in IndexedDB and stay.

async function goAway() {
  const names = (await caches.keys()).filter((name) => name.startsWith('tavolo-'))
  await Promise.all(names.map((name) => caches.delete(name)))
  await self.registration.unregister()
}

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(goAway()))
