/** Where text goes. */
export type Sink = { readonly isTTY: boolean; write(text: string): void }

/** What a command has of the world around it; a test hands in its own. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: Sink
  readonly err: Sink
  /** Everything on standard input. */
  readInput(): Promise<string>
  fetch(url: string, init: RequestInit): Promise<Response>
}

export const processIo = (): Io => ({
  env: process.env,
  out: sinkOf(process.stdout),
  err: sinkOf(process.stderr),
  readInput: async () => {
    process.stdin.setEncoding('utf8')
    let text = ''
    for await (const chunk of process.stdin) text += String(chunk)
    return text
  },
  // Looked up when it is called: Node loads what is behind it only then.
  fetch: (url, init) => fetch(url, init),
})

/** A reader that leaves early (`| head`) has what it wanted: the command ends without a word. */
function sinkOf(stream: NodeJS.WriteStream): Sink {
  let watched = false
  const watch = (): void => {
    watched = true
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      process.exit()
    })
  }
  return {
    isTTY: stream.isTTY,
    write: text => {
      if (!watched) watch()
      stream.write(text)
    },
  }
}
