/** The bytes are not one JSON array, or one element of it is larger than it may be. Says nothing of what is in it. */
class NoArray extends Error {
  override readonly name = 'NoArray'
}

const code = (character: string): number => character.charCodeAt(0)
const TEXT = code('"')
const ESCAPE = code('\\')
const SPACES: readonly number[] = [' ', '\n', '\r', '\t'].map(code)
const OPENING: readonly number[] = ['{', '['].map(code)
const CLOSING: readonly number[] = ['}', ']'].map(code)
const COMMA = code(',')
const ARRAY = code('[')

type Mark = 'start' | 'next' | 'end' | undefined

/** Knows of JSON only what says where the elements of the outermost array begin and end. */
function createScanner(): { mark(byte: number): Mark; ended(): boolean } {
  let depth = 0
  let place: 'before' | 'inside' | 'text' | 'escape' | 'after' = 'before'
  const outside = (byte: number): Mark => {
    if (SPACES.includes(byte)) return undefined
    if (place === 'after' || byte !== ARRAY) throw new NoArray('not one JSON array')
    place = 'inside'
    return 'start'
  }
  const inText = (byte: number): Mark => {
    if (place === 'escape') place = 'text'
    else if (byte === ESCAPE) place = 'escape'
    else if (byte === TEXT) place = 'inside'
    return undefined
  }
  const inside = (byte: number): Mark => {
    if (byte === TEXT) place = 'text'
    else if (OPENING.includes(byte)) depth += 1
    else if (CLOSING.includes(byte)) depth -= 1
    else if (byte === COMMA && depth === 0) return 'next'
    if (depth >= 0) return undefined
    place = 'after'
    return 'end'
  }
  return {
    mark: byte => {
      if (place === 'text' || place === 'escape') return inText(byte)
      return place === 'inside' ? inside(byte) : outside(byte)
    },
    ended: () => place === 'after',
  }
}

/** The elements of the JSON array that the bytes are, one by one, without ever holding more than one of them. */
export async function* elementsOf(bytes: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<unknown> {
  const scanner = createScanner()
  let held: Uint8Array[] = []
  let size = 0
  let elements = 0
  const hold = (part: Uint8Array) => {
    size += part.byteLength
    if (size > mostBytes) throw new NoArray(`an element is larger than ${mostBytes} bytes`)
    held.push(part)
  }
  for await (const chunk of bytes) {
    let from = scanner.ended() ? chunk.length : 0
    for (let at = 0; at < chunk.length; at++) {
      const mark = scanner.mark(chunk[at] ?? 0)
      if (mark === undefined) continue
      if (mark !== 'start') {
        hold(chunk.subarray(from, at))
        const text = Buffer.concat(held).toString('utf8')
        if (mark === 'next' || elements > 0 || text.trim() !== '') yield parsed(text)
        elements += 1
        held = []
        size = 0
      }
      from = at + 1
    }
    if (!scanner.ended()) hold(chunk.subarray(from))
  }
  if (!scanner.ended()) throw new NoArray('the end of the JSON array is missing')
}

/** The parser's own message quotes what it read, which is personal. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new NoArray('an element is not JSON')
  }
}
