import { fetchPart } from '../shared/part.js'

/**
 * `<a data-menu="id">` leads to a page with a menu. Here the menu, what stands in `data-menu-of="id"` there, is shown in the
 * <dialog> of that id. Without script, without a connection and with a key that opens a new tab the link is followed.
 */
export function openMenusOfPages(root) {
  root.addEventListener('click', async (event) => {
    const opener = event.target.closest('a[data-menu]')
    const dialog = opener && root.getElementById(opener.dataset.menu)
    if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const menu = await fetchPart(opener.href, `[data-menu-of="${opener.dataset.menu}"]`)
    if (!menu) return location.assign(opener.href)
    dialog.replaceChildren(menu)
    dialog.showModal()
  })
  root.addEventListener('click', ({ target }) => {
    if (target instanceof HTMLDialogElement && target.classList.contains('menu-dialog')) target.close() // beside it
  })
}
