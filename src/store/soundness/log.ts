import { endianness } from 'node:os'

/** https://www.sqlite.org/fileformat2.html#walformat and https://www.sqlite.org/walformat.html */
const LOG_HEADER = 32
const FRAME_HEADER = 24
const BIG_ENDIAN_SUMS = 0x377f0683
const LITTLE_ENDIAN_SUMS = 0x377f0682
const INDEX_HEADER = 48
const INDEX_VERSION = 3_007_000

type Sum = readonly [number, number]
type Log = { readonly bytes: DataView; readonly pageSize: number; readonly isLittle: boolean; readonly salts: string }

type Files = {
  /** `-wal`; undefined when it is missing. */
  readonly log: Uint8Array | undefined
  /** `-shm`: how far the log is committed, as the process that ended last left it. */
  readonly index: Uint8Array | undefined
}

/**
 * What is wrong with a write-ahead log that holds acknowledged commits, if anything is. SQLite itself reads a log up to
 * the first frame that does not fit and leaves out the rest without a word. That is right for the last transaction,
 * which a loss of power may have torn, and a loss for every one before it: each is on disk before the next begins.
 */
export function lossIn({ log: bytes, index }: Files): string | undefined {
  const committed = index && committedIn(index)
  if (bytes === undefined || bytes.byteLength <= LOG_HEADER) {
    if (!committed || committed.frames <= committed.moved) return undefined
    return bytes === undefined ? 'is missing, though it held commits' : 'is cut off, though it held commits'
  }
  const log = openLog(bytes)
  if (!log) return 'has a damaged head, so that none of its commits can be read'
  const { whole, isTorn } = readFrames(log)
  if (isTorn) return 'is damaged in the middle, so that the commits behind that cannot be read'
  const isSame = committed !== undefined && committed.salts === log.salts
  return isSame && committed.frames > whole ? 'ends before its last commit' : undefined
}

/** The committed frames that the index knows, and how many of them were moved into the file. */
function committedIn(bytes: Uint8Array): { frames: number; moved: number; salts: string } | undefined {
  if (bytes.byteLength < 2 * INDEX_HEADER + 4) return undefined
  const view = viewOf(bytes)
  const isLittle = endianness() === 'LE'
  const isTwice = Buffer.from(bytes.subarray(0, INDEX_HEADER)).equals(bytes.subarray(INDEX_HEADER, 2 * INDEX_HEADER))
  if (!isTwice || view.getUint32(0, isLittle) !== INDEX_VERSION || view.getUint8(12) !== 1) return undefined
  return {
    frames: view.getUint32(16, isLittle),
    moved: view.getUint32(2 * INDEX_HEADER, isLittle),
    // The salts are copied as bytes.
    salts: Buffer.from(bytes.subarray(32, 40)).toString('hex'),
  }
}

function openLog(raw: Uint8Array): Log | undefined {
  const bytes = viewOf(raw)
  const magic = bytes.getUint32(0)
  if (magic !== BIG_ENDIAN_SUMS && magic !== LITTLE_ENDIAN_SUMS) return undefined
  const isLittle = magic === LITTLE_ENDIAN_SUMS
  const sum = sumOf([0, 0], { bytes, isLittle }, { from: 0, length: 24 })
  if (!isSum(bytes, 24, sum)) return undefined
  return { bytes, isLittle, pageSize: bytes.getUint32(8), salts: saltsAt(bytes, 16) }
}

/**
 * `whole`: the frames up to the last commit that can be read. `isTorn`: behind a frame that does not fit, a commit is
 * followed by a frame of the same writing.
 */
function readFrames(log: Log): { whole: number; isTorn: boolean } {
  const { bytes, pageSize, salts } = log
  const size = FRAME_HEADER + pageSize
  const count = Math.floor((bytes.byteLength - LOG_HEADER) / size)
  const startOf = (frame: number): number => LOG_HEADER + frame * size
  const before = (frame: number): Sum => storedSum(bytes, frame === 0 ? 24 : startOf(frame - 1) + 16)
  const fits = (frame: number): boolean =>
    saltsAt(bytes, startOf(frame) + 8) === salts &&
    isSum(bytes, startOf(frame) + 16, frameSum(log, startOf(frame), before(frame)))
  const commits = (frame: number): boolean => bytes.getUint32(startOf(frame) + 4) > 0
  let whole = 0
  let frame = 0
  for (; frame < count && fits(frame); frame++) if (commits(frame)) whole = frame + 1
  for (frame += 1; frame < count; frame++)
    if (commits(frame - 1) && saltsAt(bytes, startOf(frame - 1) + 8) === salts && fits(frame))
      return { whole, isTorn: true }
  return { whole, isTorn: false }
}

const frameSum = (log: Log, from: number, before: Sum): Sum =>
  sumOf(sumOf(before, log, { from, length: 8 }), log, { from: from + FRAME_HEADER, length: log.pageSize })

function sumOf(
  [a, b]: Sum,
  { bytes, isLittle }: Pick<Log, 'bytes' | 'isLittle'>,
  { from, length }: { from: number; length: number },
): Sum {
  let [one, two] = [a, b]
  for (let at = from; at < from + length; at += 8) {
    one = (one + bytes.getUint32(at, isLittle) + two) >>> 0
    two = (two + bytes.getUint32(at + 4, isLittle) + one) >>> 0
  }
  return [one, two]
}

const storedSum = (bytes: DataView, at: number): Sum => [bytes.getUint32(at), bytes.getUint32(at + 4)]

const isSum = (bytes: DataView, at: number, [one, two]: Sum): boolean =>
  bytes.getUint32(at) === one && bytes.getUint32(at + 4) === two

const saltsAt = (bytes: DataView, at: number): string =>
  bytes.getUint32(at).toString(16).padStart(8, '0') +
  bytes
    .getUint32(at + 4)
    .toString(16)
    .padStart(8, '0')

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
