import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { loadSqlite } from '../../src/store/engine/sqlite-binding.ts'
import { apiOf, runProgram, serviceIn, startListening, temporaryFolder, type Folder } from '../child.ts'

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
