import { constants, type Stats } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unsound, UnsoundStore } from './unsound.ts'

type Place = {
  /** Of the embedded store. */
  readonly file: string
  readonly keyFile: string
  /** An operator says that there was no store with this key. */
  readonly mayMakeAnew: boolean
}

const SIDE_FILES = ['-wal', '-shm', '.lock']

/**
 * Makes the folder, and throws when the store in it cannot be opened and written, or when it is gone while its key is
 * there. A new store in its place would know no source, so that every webhook got 401.
 */
export async function assertPlace({ file, keyFile, mayMakeAnew }: Place): Promise<void> {
  const folder = dirname(file)
  await makeFolder(folder)
  await assertAccess(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  const existing = await found(file)
  if (existing && !existing.isFile())
    throw unsound(file, existing.isDirectory() ? 'is a folder' : 'is no file', 'put the store in its place')
  for (const each of ['', ...SIDE_FILES].map(end => file + end))
    if (await found(each)) await assertAccess(each, constants.R_OK | constants.W_OK)
  if ((existing?.size ?? 0) > 0) return
  const what = existing ? 'is empty' : 'is missing'
  const log = await found(`${file}-wal`)
  if (log && log.size > 0) throw unsound(file, `${what}, and its log ${file}-wal is there`)
  if (!mayMakeAnew && (await found(keyFile))) throw withoutStore(file, what, keyFile)
}

const OR_NEW =
  'a back-up (docs/operations.md, "Back-up and restore"), or start once with --new-store for an empty store'

export const withoutStore = (file: string, what: string, keyFile: string): UnsoundStore =>
  unsound(file, `${what}, and the key of a store, ${keyFile}, is there`, `restore ${OR_NEW}`)

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new UnsoundStore(`the data folder ${folder} cannot be made (${codeOf(error)}): name another one with --data`)
  }
}

async function assertAccess(path: string, mode: number): Promise<void> {
  try {
    await access(path, mode)
  } catch (error) {
    const remedy = 'give it to the user that runs the service, on a disk that can be written'
    throw unsound(path, `cannot be read and written by this process (${codeOf(error)})`, remedy)
  }
}

async function found(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unsound(path, `cannot be looked at (${codeOf(error)})`, 'see its permissions, and those of its folder')
  }
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
