// The camera and what reads codes from it: the browser's own reader where there is one, else a library that is loaded now.

const LOOK_EVERY_MS = 150
const SAME_AGAIN_MS = 3000 // a ticket held still is one ticket
const WIDEST = 800 // pixels; a code that fills a third of the picture needs no more

const isAway = (error) => ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'OverconstrainedError', 'SecurityError'].includes(error.name)

/** The browser's own reader, or null. */
async function ownReader() {
  if (!('BarcodeDetector' in globalThis)) return null
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => [])
  if (!formats.includes('qr_code')) return null
  const detector = new BarcodeDetector({ formats: ['qr_code'] })
  return async (video) => (await detector.detect(video))[0]?.rawValue ?? null
}

/** A reader from the script the page names; the service worker keeps it, so that it comes without a connection. */
async function loadedReader() {
  const { readPicture } = await import(document.body.dataset.reader)
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return async (video) => {
    const scale = Math.min(1, WIDEST / video.videoWidth)
    canvas.width = Math.round(video.videoWidth * scale)
    canvas.height = Math.round(video.videoHeight * scale)
    context.drawImage(video, 0, 0, canvas.width, canvas.height)
    return readPicture(context.getImageData(0, 0, canvas.width, canvas.height))
  }
}

/**
 * @param {{video: HTMLVideoElement, hear: (text: string) => Promise<void>|void}} parts
 */
export function createCamera({ video, hear }) {
  let stream = null
  let last = { text: '', at: 0 }

  async function look(read) {
    if (!stream) return
    const text = video.readyState >= 2 ? await read(video).catch(() => null) : null
    const now = Date.now()
    const isNew = text && stream && (text !== last.text || now - last.at > SAME_AGAIN_MS)
    if (text) last = { text, at: now }
    if (isNew) await hear(text)
    setTimeout(look, LOOK_EVERY_MS, read)
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop()
    stream = null
    video.srcObject = null
  }

  return {
    stop,
    isOn: () => stream !== null,
    /** Returns whether there is a camera to look through. */
    async start() {
      try {
        if (!navigator.mediaDevices) return false // no secure address
        const read = (await ownReader()) ?? (await loadedReader())
        stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 } } })
        video.srcObject = stream
        await video.play()
        look(read)
        return true
      } catch (error) {
        stop()
        if (!isAway(error)) console.warn(error)
        return false
      }
    },
  }
}
