import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` serves the sources and passes API calls on to a running `ledgram serve`.
const server = process.env["LEDGRAM_URL"] ?? "http://127.0.0.1:8010";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Nothing is put into the page itself: the Content-Security-Policy takes neither inline code nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { "/api": server } },
});
