import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const SERVICE = 'http://127.0.0.1:8080'

/** What the first script is made of; of all else it knows the names only. */
const START = /preload-helper|rolldown[\\/]runtime|console[\\/](index|start|early|console|parts[\\/]person-key)\./

/** What lies over a page: lists, menus and dialogs, and what they need to find their place. */
const OVERLAYS =
  /@floating-ui|react-remove-scroll|react-style-singleton|use-(sidecar|callback-ref)|[\\/](Floating|Combobox|Select|Popover|Modal|ModalBase|Overlay|Portal)[\\/]/
const FORMS = /@mantine[\\/]form|klona|fast-deep-equal/
const isOfMostPages = (id: string): boolean => !OVERLAYS.test(id) && !FORMS.test(id)

/** The page names the scripts that its first script imports, so that nothing waits for that script to say so. */
const preloadMain: Plugin = {
  name: 'preload-main',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const chunks = Object.values(bundle).flatMap(each => (each.type === 'chunk' ? [each] : []))
      const main = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/console/main.tsx'))
      const files = main === undefined ? [] : [main.fileName, ...main.imports]
      return files
        .filter(file => !html.includes(file))
        .map(file => ({
          tag: 'link',
          // The styles come first: with them the outline of the page is there.
          attrs: { rel: 'modulepreload', crossorigin: true, fetchpriority: 'low', href: `/${file}` },
          injectTo: 'head' as const,
        }))
    },
  },
}

export default defineConfig({
  root: 'console',
  plugins: [react(), preloadMain],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // The content security policy takes fonts and scripts from files only, never from data: addresses.
    assetsInlineLimit: 0,
    // All the pages' own styles are a few kilobytes: one file for all spares each page a question.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    // The licences of what is bundled ask to be handed on with it.
    license: { fileName: 'licenses.json' },
    // Each file is a question of its own, and a browser asks six at a time: so a small first script, one file of what
    // the frame around the pages needs, one of what several pages need, and one for each page.
    rolldownOptions: {
      input: ['console/index.html', 'console/main.tsx'],
      output: {
        codeSplitting: {
          groups: [
            { name: 'start', test: START, priority: 2 },
            { name: 'main', tags: ['$initial'], priority: 1 },
            { name: 'shared', test: isOfMostPages, minShareCount: 4 },
            { name: 'overlays', test: OVERLAYS, minShareCount: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': SERVICE, '/readyz': SERVICE, '/openapi.json': SERVICE } },
})
