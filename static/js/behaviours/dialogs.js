/**
 * `data-dialog="id"` opens that <dialog>; `data-dialog-close` inside closes it. Without this the same link opens the
 * dialog by its #id, through :target. The browser gives the focus back to the opener.
 */
export function openDialogs(root) {
  root.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-dialog]')
    const closer = event.target.closest('[data-dialog-close]')
    const dialog = opener ? root.getElementById(opener.dataset.dialog) : closer?.closest('dialog')
    if (!dialog) return
    event.preventDefault()
    if (opener) dialog.showModal()
    else dialog.close()
  })
}
