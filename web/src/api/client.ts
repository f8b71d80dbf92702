// The one door to the API. Types come from schema.d.ts, which is made from the server's own /openapi.json.

import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, isProblemDocument } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

let csrfToken: string | null = null;
let onSignedOut: () => void = () => undefined;

/// Of the present session; every change has to carry it.
export function keepCsrfToken(token: string | null): void {
  csrfToken = token;
}

/// Called when the server says that nobody is signed in.
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

const session: Middleware = {
  onRequest({ request }) {
    if (csrfToken !== null && request.method !== "GET") request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
  async onResponse({ response }) {
    if (response.ok || response.status === 304) return;
    const body: unknown = await response.json().catch(() => null);
    const problem = new ApiProblem(
      isProblemDocument(body)
        ? body
        : { title: response.statusText, status: response.status, code: "unknown_answer", detail: response.statusText },
    );
    if (problem.code === "unauthenticated") onSignedOut();
    throw problem;
  },
};

export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
api.use(session);

/// The body of an answer. The middleware has thrown what is no success, so there is one.
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new ApiProblem({ title: "", status: 0, code: "unknown_answer", detail: "an empty answer" });
  return data;
}
