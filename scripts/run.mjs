// Every `npm run` starts here, with Node's own modules only: a fresh clone has nothing else. It installs what the
// lockfile says, builds what the sources say, and is quick when neither changed.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completeLicences } from './console-licences.mjs'
import { assertStyled, compressConsole, sizeOfConsole } from './console-size.mjs'
import { isInstalled } from './installed.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const node = process.execPath
const bin = name => join(root, 'node_modules', name)
const tsc = [bin('typescript/bin/tsc')]
const vitest = [bin('vitest/vitest.mjs'), 'run']
const vite = bin('vite/bin/vite.js')
const cli = join(root, 'dist/cli/main.js')

const STEPS = {
  build: [],
  demo: [[cli, 'demo']],
  start: [[cli, 'serve']],
  test: [[...vitest]],
  release: [[join(root, 'scripts/release.mjs')]],
  'try-release': [[join(root, 'scripts/release.mjs')], [join(root, 'scripts/try-release.mjs')]],
  bench: [[join(root, 'scripts/bench.mjs')]],
  soak: [[join(root, 'scripts/soak.mjs')]],
  check: [
    [bin('prettier/bin/prettier.cjs'), '--check', '.'],
    [...tsc, '-p', 'tsconfig.json'],
    [...tsc, '-p', 'tsconfig.console.json'],
    [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
    [join(root, 'scripts/lint-api.mjs')],
    [...vitest],
  ],
}

function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 13) || major >= 24
  if (!fits) stop(`Consent Relay needs Node 20.19, 22.13, or 24 and above; this is ${process.version}.`)
  if (major === 20) console.error('Note: Node 20 gets no more security fixes; use Node 24 in production.')
}

const hashOf = files => {
  const hash = createHash('sha256')
  for (const file of files) hash.update(relative(root, file)).update(readFileSync(file))
  return hash.digest('hex')
}

const inRoot = name => join(root, name)

const isCurrent = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash

function install() {
  if (isInstalled(root)) return
  console.error('Installing packages …')
  // No package of ours needs its install script, and what does not run cannot do harm.
  npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
}

function npm(args) {
  const own = process.env.npm_execpath
  if (own?.endsWith('.js')) execFileSync(node, [own, ...args], { cwd: root, stdio: ['ignore', 2, 2] })
  else execFileSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
}

const filesIn = folder =>
  readdirSync(folder)
    .sort()
    .flatMap(name => {
      const path = join(folder, name)
      return statSync(path).isDirectory() ? filesIn(path) : [path]
    })

function build() {
  buildService()
  buildConsole()
}

function buildService() {
  const sources = [...filesIn(join(root, 'src')), ...filesIn(join(root, 'simulator'))].filter(isSource)
  const configs = ['tsconfig.base.json', 'tsconfig.service.json', 'tsconfig.simulator.json'].map(inRoot)
  const stamp = inRoot('dist/.built')
  const hash = hashOf([...configs, ...sources])
  if (isCurrent(stamp, hash)) return
  console.error('Building …')
  clearDist()
  for (const config of ['tsconfig.service.json', 'tsconfig.simulator.json'])
    execFileSync(node, [...tsc, '-p', inRoot(config)], { cwd: root, stdio: ['ignore', 2, 2] })
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

const CONSOLE_STAMP = '.built-console'

/** All but the console, which has sources of its own. */
function clearDist() {
  if (!existsSync(inRoot('dist'))) return
  const others = readdirSync(inRoot('dist')).filter(name => name !== 'console' && name !== CONSOLE_STAMP)
  for (const name of others) rmSync(inRoot(`dist/${name}`), { recursive: true, force: true })
}

/** The console is static files; what it takes of `src` is types and a few rules. */
function buildConsole() {
  const folders = ['console', 'src/contract', 'src/domain'].flatMap(name => filesIn(inRoot(name)))
  const configs = ['package-lock.json', 'vite.config.ts'].map(inRoot)
  const stamp = inRoot(`dist/${CONSOLE_STAMP}`)
  const hash = hashOf([...configs, ...folders.filter(file => !/\.test\.tsx?$/.test(file))])
  if (isCurrent(stamp, hash) && existsSync(inRoot('dist/console/index.html'))) return
  console.error('Building the console …')
  // A build that fails below leaves files that are no console.
  rmSync(stamp, { force: true })
  execFileSync(node, [vite, 'build', '--logLevel', 'error'], { cwd: root, stdio: ['ignore', 2, 2] })
  assertStyled(inRoot('dist/console'), readFileSync(inRoot('node_modules/@mantine/core/styles.css'), 'utf8'))
  completeLicences({
    file: inRoot('dist/console/licenses.json'),
    styles: inRoot('console'),
    modules: inRoot('node_modules'),
  })
  compressConsole(inRoot('dist/console'))
  console.error(sizeOfConsole(inRoot('dist/console')))
  writeFileSync(stamp, hash)
}

const isSource = file => file.endsWith('.ts') && !file.endsWith('.test.ts')

/** Runs one step in the foreground; signals reach it, and its exit code is ours. */
const run = args =>
  new Promise(resolve => {
    const child = spawn(node, args, { cwd: root, stdio: 'inherit' })
    const forward = signal => child.kill(signal)
    process.on('SIGTERM', forward)
    process.on('SIGINT', () => undefined)
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)))
  })

function stop(message) {
  console.error(message)
  process.exit(1)
}

const [name = '', ...rest] = process.argv.slice(2)
const steps = STEPS[name]
if (!steps) stop(`There is no such command: ${name}. Known: ${Object.keys(STEPS).join(', ')}.`)
assertNode()
try {
  install()
  build()
} catch (error) {
  stop(`Could not prepare: ${error instanceof Error ? error.message : error}`)
}
for (const [index, step] of steps.entries()) {
  const code = await run(index === steps.length - 1 ? [...step, ...rest] : step)
  if (code !== 0) process.exit(code)
}
