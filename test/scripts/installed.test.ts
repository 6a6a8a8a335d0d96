import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { differences, isInstalled } from '../../scripts/installed.mjs'
import { temporaryFolder } from '../child.ts'

type Entries = Parameters<typeof differences>[0]['packages']

const LINUX = { os: 'linux', cpu: 'x64', libc: 'glibc' }
const ROOT = { version: '0.1.0' }
const ONE = { version: '1.0.0', integrity: 'sha512-one' }
const TWO = { version: '2.0.0', integrity: 'sha512-two' }
const FORGED = { version: '1.0.0', integrity: 'sha512-other' }

const cases: readonly (readonly [what: string, lockfile: Entries, installed: Entries, differ: readonly string[]])[] = [
  ['the same packages', { '': ROOT, a: ONE, 'a/b': TWO }, { a: ONE, 'a/b': TWO }, []],
  ['an absent package', { '': ROOT, a: ONE, b: TWO }, { a: ONE }, ['b']],
  ['another version', { a: TWO }, { a: ONE }, ['a']],
  ['another content of the same version', { a: ONE }, { a: FORGED }, ['a']],
  ['a package that left the lockfile', { a: ONE }, { a: ONE, b: TWO }, ['b']],
  ['a part of another system', { a: { ...ONE, optional: true, os: ['darwin'] } }, {}, []],
  ['a part of another processor', { a: { ...ONE, optional: true, os: ['linux'], cpu: ['arm64'] } }, {}, []],
  ['a part of another C library', { a: { ...ONE, optional: true, os: ['linux'], libc: ['musl'] } }, {}, []],
  ['a part of this machine', { a: { ...ONE, optional: true, os: ['linux'], libc: ['glibc'] } }, {}, ['a']],
  ['a part of all systems but this', { a: { ...ONE, optional: true, os: ['!linux'] } }, {}, []],
  ['a part of all systems but another', { a: { ...ONE, optional: true, os: ['!win32'] } }, {}, ['a']],
  ['what a part of another system needs', { a: { ...ONE, optional: true } }, {}, []],
  ['another version of an optional part', { a: { ...TWO, optional: true } }, { a: ONE }, ['a']],
]

test.each(cases)('%s: the difference is found, and no other', (_what, lockfile, installed, differ) => {
  expect(differences({ packages: lockfile }, { packages: installed }, LINUX)).toEqual(differ)
})

test('a fresh clone is not installed, one after npm ci is, and one with a changed lockfile is not', async () => {
  await using folder = await temporaryFolder()
  const write = async (name: string, packages: Entries) => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), JSON.stringify({ packages }))
  }
  await write('package-lock.json', { '': ROOT, 'node_modules/a': ONE })
  expect(isInstalled(folder.path)).toBe(false)
  await write('node_modules/.package-lock.json', { 'node_modules/a': ONE })
  expect(isInstalled(folder.path)).toBe(true)
  await write('package-lock.json', { '': ROOT, 'node_modules/a': TWO })
  expect(isInstalled(folder.path)).toBe(false)
})
