// Builds the front end into build/static/ under content-hashed names, and writes manifest.json there:
// logical name -> built name, both relative to the static root. Run with `npm run build`.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCE = path.dirname(fileURLToPath(import.meta.url))
const ROOT = path.dirname(SOURCE)
const BUILT = path.join(ROOT, 'build', 'static')
const MODULES = path.join(ROOT, 'node_modules')
const STATIC_URL = '/static/'

// Logical name -> source. A page that is not there yet is left out.
const ENTRIES = {
  'css/site.css': 'css/site.css',
  'css/wall.css': 'css/wall.css',
  'css/print.css': 'css/print.css',
  'css/pad.css': 'css/pad.css',
  'css/desk.css': 'css/desk.css',
  'js/site.js': 'js/site.js',
  'js/pad.js': 'js/notepad/main.js',
  'js/desk.js': 'js/checkin/main.js',
  'js/reader.js': 'js/checkin/reader.js',
  'js/live.js': 'js/live/main.js',
  'js/wall.js': 'js/live/wall.js',
}
const COPIES = {
  'js/htmx.js': path.join(MODULES, 'htmx.org/dist/htmx.min.js'),
  'mark.svg': path.join(SOURCE, 'img/mark.svg'),
  'mark-light.svg': path.join(SOURCE, 'img/mark-light.svg'),
  'img/icon-192.png': path.join(SOURCE, 'img/icon-192.png'),
  'img/icon-512.png': path.join(SOURCE, 'img/icon-512.png'),
}
// What the tablet's shell must hold to open without a connection.
const SHELL = [
  'js/pad.js', 'css/pad.css', 'js/desk.js', 'js/reader.js', 'css/desk.css', 'icons.svg', 'mark.svg', 'mark-light.svg', 'img/icon-192.png', 'pad.webmanifest',
]

const hashOf = (content) => createHash('sha256').update(content).digest('hex').slice(0, 10).toUpperCase()

function hashed(logical, content) {
  const { dir, name, ext } = path.posix.parse(logical)
  return path.posix.join(dir, `${name}-${hashOf(content)}${ext}`)
}

async function write(name, content) {
  const target = path.join(BUILT, name)
  await mkdir(path.dirname(target), { recursive: true })
  await writeFile(target, content)
}

// tokens.css states each dark value once, under [data-theme="dark"]. Here the same rules are repeated
// for people who chose no theme and whose system is dark.
const darkFromSystem = {
  name: 'dark-from-system',
  setup(build) {
    build.onLoad({ filter: /tokens\.css$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8')
      const dark = source.match(/\[data-theme="dark"\][^{}]*\{[^{}]*\}/g) ?? []
      const rules = dark.join('\n').replaceAll('[data-theme="dark"]', ':root:not([data-theme])')
      const contents = `${source}\n@media screen and (prefers-color-scheme: dark) {\n${rules}\n}\n`
      return { contents, loader: 'css', resolveDir: path.dirname(file) }
    })
  },
}

const shared = {
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  target: ['es2022', 'chrome100', 'safari15', 'firefox100'],
  logLevel: 'warning',
}

async function bundle(esbuild, manifest) {
  const entries = Object.entries(ENTRIES).filter(([, source]) => existsSync(path.join(SOURCE, source)))
  const result = await esbuild.build({
    ...shared,
    entryPoints: entries.map(([logical, source]) => ({
      in: path.join(SOURCE, source),
      out: logical.replace(/\.\w+$/, ''),
    })),
    outdir: BUILT,
    entryNames: '[dir]/[name]-[hash]',
    assetNames: 'fonts/[name]-[hash]',
    loader: { '.woff2': 'file' },
    format: 'esm',
    metafile: true,
    plugins: [darkFromSystem],
  })
  const logicalOf = new Map(entries.map(([logical, source]) => [`static/${source}`, logical]))
  for (const [output, { entryPoint, inputs }] of Object.entries(result.metafile.outputs)) {
    const name = path.posix.relative('build/static', output)
    if (entryPoint) manifest[logicalOf.get(entryPoint)] = name
    else if (name.endsWith('.woff2')) manifest[`fonts/${path.basename(Object.keys(inputs)[0])}`] = name
  }
}

/** One <symbol> per Lucide icon named in icons.json; strokes follow the text colour of the page. */
async function makeSprite(manifest) {
  const named = JSON.parse(await readFile(path.join(SOURCE, 'icons.json'), 'utf8'))
  const names = [...new Set(Object.values(named).flat())].sort()
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(path.join(MODULES, 'lucide-static/icons', `${name}.svg`), 'utf8')
    const drawing = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, '')
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" `
      + `stroke-linecap="round" stroke-linejoin="round">${drawing}</symbol>`
  }))
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide icons, ISC licence -->${symbols.join('')}</svg>\n`
  manifest['icons.svg'] = hashed('icons.svg', sprite)
  await write(manifest['icons.svg'], sprite)
}

async function copyFiles(manifest) {
  for (const [logical, source] of Object.entries(COPIES)) {
    const content = await readFile(source)
    manifest[logical] = hashed(logical, content)
    await write(manifest[logical], content)
  }
}

/** The installable pad's manifest: icon paths inside it are logical names until here. */
async function makeWebManifest(manifest) {
  const web = JSON.parse(await readFile(path.join(SOURCE, 'pad.webmanifest'), 'utf8'))
  for (const icon of web.icons) icon.src = STATIC_URL + manifest[icon.src]
  const content = JSON.stringify(web)
  manifest['pad.webmanifest'] = hashed('pad.webmanifest', content)
  await write(manifest['pad.webmanifest'], content)
}

/** Both workers keep their plain names: browsers compare them byte by byte, and __RELEASE__ changes with the shell. */
async function makeServiceWorkers(esbuild, manifest) {
  const fonts = Object.keys(manifest).filter((name) => name.startsWith('fonts/'))
  const shell = [...SHELL, ...fonts].filter((name) => manifest[name]).map((name) => STATIC_URL + manifest[name])
  await esbuild.build({
    ...shared,
    entryPoints: ['sw.js', 'sw-off.js'].map((name) => path.join(SOURCE, 'js', name)),
    outdir: BUILT,
    define: { __PRECACHE__: JSON.stringify(shell), __RELEASE__: JSON.stringify(hashOf(shell.join('\n'))) },
  })
  Object.assign(manifest, { 'sw.js': 'sw.js', 'sw-off.js': 'sw-off.js' })
}

/** Files of earlier builds go last, so that a running server never points to nothing. */
async function sweep(manifest) {
  const wanted = new Set([...Object.values(manifest), 'manifest.json'])
  for (const entry of await readdir(BUILT, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(BUILT, file).split(path.sep).join('/')
    if (entry.isFile() && !wanted.has(name)) await rm(file, { force: true })
  }
}

async function build() {
  const esbuild = await import('esbuild')
  const manifest = {}
  await bundle(esbuild, manifest)
  await makeSprite(manifest)
  await copyFiles(manifest)
  await makeWebManifest(manifest)
  await makeServiceWorkers(esbuild, manifest)
  await write('manifest.json', `${JSON.stringify(manifest, Object.keys(manifest).sort(), 2)}\n`)
  await sweep(manifest)
}

const missing = ['esbuild', 'htmx.org', 'lucide-static', 'qr', '@fontsource-variable/literata']
  .filter((name) => !existsSync(path.join(MODULES, name)))
if (missing.length) {
  console.error(`The packages ${missing.join(', ')} are not in node_modules. Run "npm ci" first.`)
  process.exitCode = 1
} else {
  await build()
}
