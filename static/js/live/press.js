// A button that is replaced between press and release is never clicked: what swaps parts waits until nothing is pressed.

let isPressed = false
let waiting = []

function release() {
  isPressed = false
  for (const go of waiting) go()
  waiting = []
}

window.addEventListener('pointerdown', () => { isPressed = true }, true)
// A moment later: the click itself comes after the release.
for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, () => setTimeout(release, 0), true)

/** Resolves when no finger and no mouse button is down on the page. */
export const untilReleased = () => (isPressed ? new Promise((resolve) => { waiting.push(resolve) }) : Promise.resolve())
