/** Closes open menus (`<details data-close-on-escape>`) on Escape, and when the focus or a click goes elsewhere. */
export function closeOnEscape(root) {
  const open = () => root.querySelectorAll('details[data-close-on-escape][open]')
  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    for (const menu of open()) {
      const held = menu.contains(root.activeElement)
      menu.open = false
      if (held) menu.querySelector('summary').focus()
    }
  })
  const closeOthers = (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false
  }
  root.addEventListener('click', closeOthers)
  root.addEventListener('focusin', closeOthers)
}
