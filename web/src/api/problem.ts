// What can go wrong with a call, as one error type, and which side has to act.

/// The document of RFC 9457 that the API answers errors with.
export interface ProblemDocument {
  title: string;
  status: number;
  code: string;
  detail: string;
  instance?: string;
  retry_after?: number;
  requires_auth?: boolean;
  requires_telegram_auth?: boolean;
  errors?: { parameter?: string; pointer?: string; message: string }[];
}

/// Who can do something about it: the person at the screen, by signing in to Ledgram, by logging the Telegram account in, by changing
/// what was entered or by waiting; Telegram; the server and whoever runs it; or the network between here and there.
export type Side = "sign_in" | "telegram_login" | "input" | "wait" | "telegram" | "server" | "network" | "permission";

const SIDE_OF_CODE: Record<string, Side> = {
  telegram_auth_required: "telegram_login",
  not_authenticated: "telegram_login",
  too_many_requests: "wait",
  flood_wait: "wait",
  telegram_refused: "telegram",
  telegram_unavailable: "telegram",
  deadline_exceeded: "server",
  unavailable: "server",
  internal: "server",
  forbidden: "permission",
  method_not_permitted: "permission",
  insufficient_scope: "permission",
};

export class ApiProblem extends Error {
  constructor(readonly document: ProblemDocument) {
    super(document.detail || document.title);
  }

  get code(): string {
    return this.document.code;
  }

  get side(): Side {
    if (this.code === "network") return "network";
    if (this.document.requires_auth && this.code === "unauthenticated") return "sign_in";
    if (this.document.requires_telegram_auth) return "telegram_login";
    return SIDE_OF_CODE[this.code] ?? (this.document.status >= 500 ? "server" : "input");
  }
}

export function problemOf(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  // fetch() throws a TypeError when nothing could be reached.
  if (error instanceof TypeError)
    return new ApiProblem({ title: "", status: 0, code: "network", detail: error.message });
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ title: "", status: 0, code: "app", detail });
}

export function isProblemDocument(value: unknown): value is ProblemDocument {
  return typeof value === "object" && value !== null && "code" in value && "status" in value;
}
