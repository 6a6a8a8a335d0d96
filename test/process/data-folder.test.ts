import { chmod, chown, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadSqlite } from '../../src/store/engine/sqlite-binding.ts'
import { apiOf, runProgram, serviceIn, startListening, startProgram, temporaryFolder, type Folder } from '../child.ts'

/** A folder as a service leaves it that ran once and was stopped. */
async function usedFolder(): Promise<Folder> {
  const folder = await temporaryFolder()
  await using service = await startListening(['serve'], serviceIn(folder.path))
  await service.kill('SIGTERM')
  return folder
}

const REFUSED = { code: 1, signal: null, stdout: '' }

test('a second process on the same folder is refused while the first lives, and starts after its kill -9 (I1)', async () => {
  await using folder = await temporaryFolder()
  const env = serviceIn(folder.path)
  await using first = await startListening(['serve'], env)
  const { stderr, ...second } = await runProgram(['serve'], env)
  expect(second).toEqual(REFUSED)
  expect(stderr).toContain(`${folder.database} is open already`)
  expect((await apiOf(first.url)('GET', '/v1/stats')).status).toBe(200)

  await first.kill('SIGKILL')
  await using third = await startListening(['serve'], env)
  expect((await apiOf(third.url)('GET', '/v1/stats')).status).toBe(200)
})

test('the key and the database are for their owner alone', async () => {
  await using folder = await usedFolder()
  for (const file of [folder.key, folder.database]) expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a key file that others can read is refused, with the remedy', async () => {
  await using folder = await usedFolder()
  await chmod(folder.key, 0o644)
  const { stderr, ...ended } = await runProgram(['serve'], serviceIn(folder.path))
  expect(ended).toEqual(REFUSED)
  expect(stderr).toContain(`chmod 600 ${folder.key}`)
})

test('another key than the one that sealed the store is refused, and the right one still fits', async () => {
  await using folder = await usedFolder()
  const own = await readFile(folder.key)
  await writeFile(folder.key, `${randomBytes(32).toString('base64')}\n`)
  const { stderr, ...ended } = await runProgram(['serve'], serviceIn(folder.path))
  expect(ended).toEqual(REFUSED)
  expect(stderr).toContain('not the one that the stored secrets were sealed with')

  await writeFile(folder.key, own)
  await using service = await startListening(['serve'], serviceIn(folder.path))
  expect((await apiOf(service.url)('GET', '/v1/stats')).status).toBe(200)
})

test('a lost key file is not replaced in silence', async () => {
  await using folder = await usedFolder()
  await rm(folder.key)
  const { stderr, ...ended } = await runProgram(['serve'], serviceIn(folder.path))
  expect(ended).toEqual(REFUSED)
  expect(stderr).toContain('is missing, and stored secrets were sealed with it')
  await expect(stat(folder.key)).rejects.toThrow('ENOENT')
})

test('a database of a newer release is refused and left as it is', async () => {
  await using folder = await usedFolder()
  const { DatabaseSync } = await loadSqlite()
  const db = new DatabaseSync(folder.database)
  db.exec(`insert into migration (version, name, applied_at) values (999, 'of the future', 0)`)
  db.close()
  const before = await readFile(folder.database)
  const { stderr, ...ended } = await runProgram(['serve'], serviceIn(folder.path))
  expect(ended).toEqual(REFUSED)
  expect(stderr).toContain('schema 999 (of the future)')
  expect((await readFile(folder.database)).equals(before)).toBe(true)
})

/** Root may read and write everything, so it has another user run the service. */
const OTHER_USER = process.getuid?.() === 0 ? 65_534 : undefined

async function ofOtherUser(folder: Folder): Promise<void> {
  if (OTHER_USER === undefined) return
  const all = [folder.path, ...(await readdir(folder.path)).map(name => join(folder.path, name))]
  for (const path of all) await chown(path, OTHER_USER, OTHER_USER)
}

test.each([
  ['a store that cannot be read', ({ database }: Folder) => database, 0o200],
  ['a store that cannot be written', ({ database }: Folder) => database, 0o400],
  ['a folder that cannot be written', ({ path }: Folder) => path, 0o500],
  ['a lock of another user', ({ database }: Folder) => `${database}.lock`, 0o400],
] as const)('R32: %s is refused, with its name and the remedy, and served once it can', async (_, pathIn, mode) => {
  await using folder = await usedFolder()
  await ofOtherUser(folder)
  const path = pathIn(folder)
  const { mode: right } = await stat(path)
  await chmod(path, mode)
  const { stderr, ...ended } = await runProgram(['serve'], serviceIn(folder.path), OTHER_USER)
  expect(ended).toEqual(REFUSED)
  expect(stderr).toContain(`${path} cannot be read and written by this process (EACCES): give it to the user`)

  await chmod(path, right & 0o777)
  await using service = startProgram(['serve'], serviceIn(folder.path), OTHER_USER)
  expect((await apiOf(await service.listening)('GET', '/v1/stats')).status).toBe(200)
})

/** Ends the threads of the store once there is this file; a signal would end the whole process. */
const ENDS_THREADS = (trigger: string): string => `
  const { isMainThread } = require('node:worker_threads')
  const { existsSync } = require('node:fs')
  if (!isMainThread) setInterval(() => existsSync(${JSON.stringify(trigger)}) && process.exit(7), 20).unref()`

test('R32: a process whose store has ended under it says why and ends with 1', async () => {
  await using folder = await temporaryFolder()
  const trigger = join(folder.path, 'end')
  const preload = join(folder.path, 'preload.cjs')
  await writeFile(preload, ENDS_THREADS(trigger))
  const env = serviceIn(folder.path, { NODE_OPTIONS: `--require ${preload}` })
  await using service = await startListening(['serve'], env)
  expect((await apiOf(service.url)('GET', '/v1/stats')).status).toBe(200)
  await writeFile(trigger, '')
  expect(await service.ended).toEqual({ code: 1, signal: null })
  expect(service.stderr()).toContain('it cannot serve any more: the database thread has ended')

  await rm(trigger)
  await using successor = await startListening(['serve'], env)
  expect((await apiOf(successor.url)('GET', '/v1/stats')).status).toBe(200)
})
