// SPDX-License-Identifier: AGPL-3.0-or-later
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// `npm run dev` shows the pages with changes as they are made; the API comes from a `dragoman serve` beside it.
const api = process.env.DRAGOMAN_API ?? 'http://127.0.0.1:8484';

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
  server: { proxy: { '/api': { target: api, changeOrigin: true } } },
});
