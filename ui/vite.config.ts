// SPDX-License-Identifier: AGPL-3.0-or-later
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// `npm run dev` shows the pages with changes as they are made; the API comes from a `dragoman serve` beside it, whose
// address was opened before in the same browser: cookies do not tell ports apart. To the server the requests look like
// its own page's.
const api = process.env.DRAGOMAN_API ?? 'http://127.0.0.1:8484';
const proxy = { target: api, changeOrigin: true, headers: { origin: api } };

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: process.env.DRAGOMAN_UI_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Everything is a file of its own: the page's policy allows no inline code, no data: addresses.
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
  },
  server: { host: '127.0.0.1', proxy: { '/api': proxy, '/originals': proxy } },
});
