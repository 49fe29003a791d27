// Small comforts of the public and organiser pages. Every page works without them.
import { closeOnEscape } from './behaviours/close-on-escape.js'
import { openDialogs } from './behaviours/dialogs.js'
import { focusFirst } from './behaviours/focus-first.js'
import { usePasskeys } from './behaviours/passkeys.js'
import { letToastsGo } from './behaviours/toasts.js'
import { placeByDrag } from './behaviours/summary-place.js'
import { followCompile } from './behaviours/summary-progress.js'
import { switchTheme } from './behaviours/theme.js'

closeOnEscape(document)
openDialogs(document)
focusFirst(document)
letToastsGo(document)
switchTheme(document)
usePasskeys(document)
placeByDrag(document)
followCompile(document)
