import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { minVersion, satisfies } from 'semver'
import { expect, test } from 'vitest'
import { ROOT } from './source-files.ts'

type Manifest = {
  readonly engines: { readonly node: string }
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: object
}
type Entry = {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly engines?: { readonly node?: string }
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
type Lockfile = { readonly lockfileVersion: number; readonly packages: Readonly<Record<string, Entry>> }

const read = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), 'utf8'))

const manifest = read('package.json') as Manifest
const lockfile = read('package-lock.json') as Lockfile
const packages = Object.entries(lockfile.packages).filter(([path]) => path !== '')

/** Where `node` looks for a package that the one at `path` needs: inside it, then ever further out. */
function placesOf(path: string, name: string): string[] {
  const outer = path.lastIndexOf('/node_modules/')
  const here = `${path === '' ? '' : `${path}/`}node_modules/${name}`
  if (path === '') return [here]
  return [here, ...placesOf(outer < 0 ? '' : path.slice(0, outer), name)]
}

/** Without these `npm ci` works on the machine that wrote the lockfile and breaks on every other platform. */
const missingOptional = (entries: Lockfile['packages']): string[] =>
  Object.entries(entries).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !placesOf(path, name).some(place => Object.hasOwn(entries, place)))
      .map(name => `${path} needs ${name}`),
  )

/** The oldest Node of every line that package.json declares. */
const floors = manifest.engines.node.split('||').map(range => String(minVersion(range)))

/** `npm ci --engine-strict` stops at the first of these on that Node. */
const refusals = (entries: Lockfile['packages'], nodes: readonly string[]): string[] =>
  Object.entries(entries).flatMap(([path, { engines }]) =>
    nodes
      .filter(node => engines?.node !== undefined && !satisfies(node, engines.node))
      .map(node => `${path} refuses Node ${node}`),
  )

test('the lockfile names no registry, so that it installs from any', () => {
  expect(lockfile.lockfileVersion).toBe(3)
  expect(packages.length).toBeGreaterThan(100)
  expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
})

test('the lockfile pins what every package must be, bit for bit', () => {
  expect(packages.filter(([, { integrity, link }]) => !integrity && !link).map(([path]) => path)).toEqual([])
})

test('the lockfile has the parts of every platform', () => {
  expect(missingOptional(lockfile.packages)).toEqual([])
})

test('a lockfile that was written on one platform only is found out', () => {
  const rolldown = { optionalDependencies: { '@rolldown/linux': '1', '@rolldown/windows': '1' } }
  const entries = { 'node_modules/vite/node_modules/rolldown': rolldown, 'node_modules/@rolldown/linux': {} }
  expect(missingOptional(entries)).toEqual(['node_modules/vite/node_modules/rolldown needs @rolldown/windows'])
})

test('every package accepts the oldest Node of each declared line', () => {
  expect(floors.map(floor => floor.split('.')[0])).toEqual(['20', '22', '24'])
  expect(refusals(lockfile.packages, floors)).toEqual([])
})

test('a package that refuses a declared Node is found out', () => {
  const entries = {
    'node_modules/a': { engines: { node: '20 || >=22' } },
    'node_modules/b': { engines: { node: '>=22' } },
  }
  expect(refusals(entries, floors)).toEqual(['node_modules/b refuses Node 20.19.0'])
})

test('the service needs at most 20 packages of its own choice, each of one exact version', () => {
  expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(20)
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([])
})

test('the lockfile and the manifest agree', () => {
  const { engines, dependencies, devDependencies } = lockfile.packages[''] as unknown as Manifest
  expect({ engines, dependencies, devDependencies }).toEqual({
    engines: manifest.engines,
    dependencies: manifest.dependencies,
    devDependencies: manifest.devDependencies,
  })
  for (const [name, version] of Object.entries(manifest.dependencies))
    expect(lockfile.packages[`node_modules/${name}`]?.version).toBe(version)
})
