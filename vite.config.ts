import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const SERVICE = 'http://127.0.0.1:8080'

export default defineConfig({
  root: 'console',
  plugins: [react()],
  build: {
    outDir: '../dist/console',
    emptyOutDir: true,
    // The content security policy takes fonts and scripts from files only, never from data: addresses.
    assetsInlineLimit: 0,
    // All the pages' own styles are a few kilobytes: one file for all spares each page a question.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': SERVICE, '/readyz': SERVICE, '/openapi.json': SERVICE } },
})
