// Tells whether node_modules holds what package-lock.json says. npm itself writes down what it installed, so it does
// not matter whether a person ran npm or a script of ours did.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const admits = (list, value) =>
  list === undefined ||
  (!list.includes(`!${value}`) && (list.every(each => each.startsWith('!')) || list.includes(value)))

const fits = ({ os, cpu, libc }, machine) =>
  admits(os, machine.os) && admits(cpu, machine.cpu) && admits(libc, machine.libc)

/** An optional package that names no platform is part of one that does, and only npm knows of which. */
const mayBeAbsent = (entry, machine) =>
  entry.optional === true && (!fits(entry, machine) || !(entry.os ?? entry.cpu ?? entry.libc))

const isSame = (wanted, present) =>
  wanted.version === present.version && wanted.integrity === present.integrity && wanted.link === present.link

/** The paths of all packages that are absent, of another version, or not in the lockfile. */
export function differences(lockfile, installed, machine) {
  const wanted = Object.entries(lockfile.packages).filter(([path]) => path !== '')
  const wrong = wanted.filter(([path, entry]) => {
    const present = installed.packages[path]
    return present === undefined ? !mayBeAbsent(entry, machine) : !isSame(entry, present)
  })
  const surplus = Object.keys(installed.packages).filter(path => !Object.hasOwn(lockfile.packages, path))
  return [...wrong.map(([path]) => path), ...surplus]
}

function thisMachine() {
  // Otherwise the report asks the network for the names of addresses.
  process.report.excludeNetwork = true
  const isGlibc = process.report.getReport().header.glibcVersionRuntime !== undefined
  return { os: process.platform, cpu: process.arch, libc: isGlibc ? 'glibc' : 'musl' }
}

const read = file => JSON.parse(readFileSync(file, 'utf8'))

export function isInstalled(root) {
  const installed = join(root, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  return differences(read(join(root, 'package-lock.json')), read(installed), thisMachine()).length === 0
}
