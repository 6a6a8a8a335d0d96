import { type SourceFile } from './source-files.ts'

export type Block = { readonly language: string; readonly text: string }

const FENCED = /^```(\w*)\n([\s\S]*?)^```$/gm

/** The fenced blocks of a page, in order. */
export const blocksOf = (page: string): Block[] =>
  [...page.matchAll(FENCED)].map(([, language = '', text = '']) => ({ language, text }))

/** What a reader sees as text: no fenced block, and no code in a line. */
const proseOf = (page: string): string => page.replace(FENCED, '').replace(/`[^`\n]*`/g, '')

/** Where the links and pictures of a page lead. */
export const linksIn = (page: string): string[] =>
  [...proseOf(page).matchAll(/\]\(([^()\s]+)\)/g)].flatMap(([, target]) => target ?? [])

/** The names under which GitHub finds the headings of a page. */
export function anchorsOf({ text }: SourceFile): ReadonlySet<string> {
  const headings = text.replace(FENCED, '').matchAll(/^#{1,6} (.+)$/gm)
  const anchors = new Set<string>()
  for (const [, heading = ''] of headings) {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-')
    anchors.add(anchors.has(slug) ? `${slug}-1` : slug)
  }
  return anchors
}
