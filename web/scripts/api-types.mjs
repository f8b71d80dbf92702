// node api-types.mjs URL [--check]: makes src/api/schema.d.ts from the OpenAPI document of a running server, or says (exit code 1)
// that it is out of date.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const FILE = fileURLToPath(new URL("../src/api/schema.d.ts", import.meta.url));
const HEAD = "// Made from the server's /openapi.json by `./dev web-types`.\n\n";

/// The part that the app uses. Errors are left out: all have one form, which problem.ts knows.
function partOf(api) {
  const paths = Object.entries(api.paths).filter(([path]) => /^\/(api\/v1\/|version$|readyz$)/.test(path));
  for (const [, methods] of paths)
    for (const { responses } of Object.values(methods))
      for (const status of Object.keys(responses ?? {})) if (Number(status) >= 300) delete responses[status];
  return { ...api, paths: Object.fromEntries(paths) };
}

const [, , server, flag] = process.argv;
const answer = await fetch(new URL("/openapi.json", server));
if (!answer.ok) throw new Error(`/openapi.json: ${answer.status}`);
const text = HEAD + astToString(await openapiTS(partOf(await answer.json()), { alphabetize: true }));

if (flag !== "--check") {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error("web/src/api/schema.d.ts does not say what the API says; run ./dev web-types and see what tsc has to say");
  process.exit(1);
}
