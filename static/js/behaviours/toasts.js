const STAYS_MS = 10_000

/** A toast goes after ten seconds, but never while somebody is on it with pointer or keyboard. */
export function letToastsGo(root) {
  for (const toast of root.querySelectorAll('[data-toast]')) {
    const leave = () => {
      if (toast.matches(':hover, :focus-within')) setTimeout(leave, STAYS_MS / 2)
      else toast.remove()
    }
    setTimeout(leave, STAYS_MS)
  }
}
