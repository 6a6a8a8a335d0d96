/** The store must not be served as it is (R32). The message names the file and the remedy. */
export class UnsoundStore extends Error {
  override readonly name = 'UnsoundStore'
}

const RESTORE = 'restore a back-up, as docs/operations.md says under "Back-up and restore"'

/** `what` goes on after the name of the file. */
export const unsound = (file: string, what: string, remedy = RESTORE): UnsoundStore =>
  new UnsoundStore(`${file} ${what}: ${remedy}`)
