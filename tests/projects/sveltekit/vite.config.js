import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-static';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';

const version = readFileSync('version.txt', 'utf8').trim();

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [sveltekit({ adapter: adapter({ fallback: '404.html' }) })],
});
