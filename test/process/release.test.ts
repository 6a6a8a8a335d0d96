import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { release, type Release } from '../../scripts/release.ts'
import { temporaryFolder, type Folder } from '../child.ts'
import { ROOT } from '../source-files.ts'

const run = promisify(execFile)
const WITHIN = 300_000

type Locked = { readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: boolean }>> }
type Bill = { readonly components: readonly { readonly name: string; readonly version: string }[] }

let folder: Folder
let released: Release
let unpacked: string

const readJson = async (file: string): Promise<unknown> => JSON.parse(await readFile(file, 'utf8'))

const lockedIn = async (file: string): Promise<string[]> => {
  const { packages } = (await readJson(file)) as Locked
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
    .toSorted()
}

beforeAll(async () => {
  folder = await temporaryFolder()
  released = release(join(folder.path, 'release'))
  unpacked = join(folder.path, 'package')
  await run('tar', ['xzf', basename(released.tarball), '-C', folder.path], { cwd: join(folder.path, 'release') })
})

afterAll(() => folder[Symbol.asyncDispose]())

test('a release is a package and its bill of materials, and nothing else', async () => {
  const files = [released.tarball, released.sbom].map(file => basename(file))
  expect(await readdir(join(folder.path, 'release'))).toEqual(expect.arrayContaining(files))
  expect(await readdir(join(folder.path, 'release'))).toHaveLength(2)
})

test('the package has what the service needs, and no pictures, source maps or tests', async () => {
  const files = await readdir(unpacked, { recursive: true })
  const needed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/cli/main.js', 'dist/console/licenses.json']
  expect(files).toEqual(expect.arrayContaining(needed))
  expect(files.filter(file => /\.(png|map|ts|tsx)$|\.built|\.test\./.test(file))).toEqual([])
  expect(await readFile(join(unpacked, 'README.md'), 'utf8')).not.toContain('.png')
})

test('the package may be published, and says what its command is', async () => {
  const manifest = await readJson(join(unpacked, 'package.json'))
  expect(manifest).toMatchObject({ name: 'consent-relay', bin: { 'consent-relay': 'dist/cli/main.js' } })
  for (const name of ['private', 'scripts', 'devDependencies', 'overrides']) expect(manifest).not.toHaveProperty(name)
})

test('the package locks the packages of the service, each as tested here, and no other', async () => {
  const locked = await lockedIn(join(ROOT, 'package-lock.json'))
  expect(locked.length).toBeGreaterThan(50)
  expect(await lockedIn(join(unpacked, 'npm-shrinkwrap.json'))).toEqual(locked)
})

test('the bill of materials names what the service loads and what the console bundles, and no tool', async () => {
  const { components } = (await readJson(released.sbom)) as Bill
  const billed = components.map(({ name, version }) => `${name}@${version}`)
  expect(billed).toEqual(expect.arrayContaining(await lockedIn(join(unpacked, 'npm-shrinkwrap.json'))))
  const names = components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['zod', 'react', '@fontsource-variable/inter']))
  for (const tool of ['vitest', 'eslint', 'typescript', '@types/node']) expect(names).not.toContain(tool)
})

test('the demo runs from the files of the package alone', { timeout: WITHIN }, async () => {
  // The packages of the checkout, since only `npm run try-release` may ask a registry.
  await symlink(join(ROOT, 'node_modules'), join(unpacked, 'node_modules'), 'junction')
  const empty = join(folder.path, 'empty')
  await mkdir(empty)
  const { stdout } = await run(process.execPath, [join(unpacked, 'dist/cli/main.js'), 'demo', '--once'], { cwd: empty })
  expect(stdout).toContain('Every debt ended as expected.')
  expect(await readdir(empty)).toEqual([])
})
