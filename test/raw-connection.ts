import { connect, type Socket } from 'node:net'

/** A client that says exactly what it is told to, byte by byte, and reads only when it is told to. */
export type RawConnection = Disposable & {
  /** The connection is over. Without reading, only a write can find that out. */
  readonly broken: Promise<void>
  /** Resolves when the system took it all, or the connection ended before that. */
  write(sent: string | Uint8Array): Promise<void>
  /** Half-closes: nothing more comes from here. */
  end(): void
  /** Reads from now on. Resolves with all that was read when it fits, rejects when the connection ends before that. */
  until(pattern: RegExp): Promise<string>
  /** Reads from now on. Resolves with all that was read when the other side has closed, and how. */
  ended(): Promise<{ readonly text: string; readonly reset: boolean }>
}

export function connectTo(url: string): RawConnection {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  let [text, reset] = ['', false]
  socket.pause()
  socket.on('error', () => (reset = true))
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  const read = (): void => {
    if (socket.listenerCount('data') === 0) socket.on('data', chunk => (text += chunk.toString('latin1')))
    socket.resume()
  }
  // The other side is done: so are we, or the connection would stay half open.
  socket.once('end', () => socket.end())
  return {
    broken: closed,
    async write(sent) {
      if (socket.destroyed) return closed
      await Promise.race([new Promise<unknown>(resolve => socket.write(sent, resolve)), closed])
      // The other side is in this process: it has its turn, however much is written.
      await new Promise(setImmediate)
    },
    end: () => void socket.end(),
    until: pattern =>
      new Promise((resolve, reject) => {
        const look = (): void => void (pattern.test(text) && resolve(text))
        read()
        socket.on('data', look)
        look()
        void closed.then(() => reject(new Error(`it ended after ${JSON.stringify(text.slice(0, 200))}`)))
      }),
    async ended() {
      read()
      await closed
      return { text, reset }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

/** The status of each answer in what was read. */
export const statusesIn = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
