// Reads a QR code out of a picture, for browsers that cannot by themselves. A script of its own: it comes when it is needed.
import decodeQR from 'qr/decode.js'

/** The text of the code in a picture, or null. @param {ImageData} picture */
export function readPicture(picture) {
  try {
    return decodeQR(picture)
  } catch {
    return null // there is none, or it cannot be read yet
  }
}
