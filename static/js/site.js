// Small comforts of the public and organiser pages. Every page works without them.
import { closeOnEscape } from './behaviours/close-on-escape.js'
import { openDialogs } from './behaviours/dialogs.js'
import { openDrawer } from './behaviours/drawer.js'
import { focusFirst } from './behaviours/focus-first.js'
import { openMenusOfPages } from './behaviours/menu-of-page.js'
import { orderByDrag } from './behaviours/order-by-drag.js'
import { usePasskeys } from './behaviours/passkeys.js'
import { letToastsGo } from './behaviours/toasts.js'
import { placeByDrag } from './behaviours/summary-place.js'
import { followCompile } from './behaviours/summary-progress.js'
import { seatByDrag } from './behaviours/seat-by-drag.js'
import { switchTheme } from './behaviours/theme.js'

closeOnEscape(document)
openDialogs(document)
openDrawer(document)
openMenusOfPages(document)
focusFirst(document)
letToastsGo(document)
switchTheme(document)
usePasskeys(document)
placeByDrag(document)
seatByDrag(document)
orderByDrag(document)
followCompile(document)
