// node pack.mjs DIST OUT: writes the files of DIST into OUT.bin, each as it is and compressed, and OUT.cpp with the table that
// src/web_files/embedded_files.hpp declares.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { constants, gzipSync } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

// Smaller files fit into one packet either way.
const LEAST_COMPRESSED = 1024;

function filesIn(folder, path = "") {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, inside) : [inside];
  });
}

function packed(folder, path) {
  const body = readFileSync(join(folder, path));
  const type = TYPES[extname(path)];
  if (!type) throw new Error(`${path}: there is no content type for this kind of file; add it to TYPES`);
  const gzip = gzipSync(body, { level: constants.Z_BEST_COMPRESSION });
  const helps = body.length >= LEAST_COMPRESSED && gzip.length < body.length;
  return {
    path,
    type,
    body,
    gzip: helps ? gzip : Buffer.alloc(0),
    hash: createHash("sha256").update(body).digest("hex").slice(0, 32),
    // Vite puts what it names by content, and nothing else, there.
    hashedName: path.startsWith("/assets/"),
  };
}

const [, , folder, out] = process.argv;
const files = filesIn(folder)
  .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  .map((path) => packed(folder, path));
if (!files.some((file) => file.path === "/index.html")) throw new Error(`${folder} has no index.html`);

let place = 0;
const rows = files.map((file) => {
  const at = place;
  place += file.body.length + file.gzip.length;
  const text = [file.path, file.type].map((value) => JSON.stringify(value)).join(", ");
  return `      EmbeddedFile{${text}, data.substr(${at}, ${file.body.length}),
                   data.substr(${at + file.body.length}, ${file.gzip.length}), "${file.hash}", ${file.hashedName}},`;
});
writeFileSync(`${out}.bin`, Buffer.concat(files.flatMap((file) => [file.body, file.gzip])));
writeFileSync(
  `${out}.cpp`,
  `// Written by web/scripts/pack.mjs.
#include "ledgram/web_files/embedded_files.hpp"

#include <array>

asm(R"(
  .section .rodata
  .global ledgram_web_data
  .balign 16
ledgram_web_data:
  .incbin "${resolve(out)}.bin"
  .byte 0
  .previous
)");

extern "C" const char ledgram_web_data[];

namespace ledgram::web_files {

std::span<const EmbeddedFile> embedded_files() {
  static const std::string_view data(ledgram_web_data, ${place});
  static const std::array files{
${rows.join("\n")}
  };
  return files;
}

}  // namespace ledgram::web_files
`,
);
