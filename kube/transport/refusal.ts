/** What a "no" of the API server means, decided here once; nobody else reads its messages. */
import { errorText } from '../../std/errorText.ts';
import { listAt, numberAt, textAt } from './raw.ts';

export type RefusalKind =
  /** The object is not as it was: look again. */
  | 'conflict'
  | 'not-found'
  | 'forbidden'
  /** A rule of the cluster forbids it, or the webhook that should say could not be asked: nothing was carried out. */
  | 'admission'
  /** The server asks us to slow down. */
  | 'throttled'
  /** A disruption budget forbids the eviction for now. */
  | 'budget'
  /** The same request can never succeed. */
  | 'invalid'
  /** Provably not carried out: safe to send again. */
  | 'transient'
  /** Perhaps carried out: look before sending again. */
  | 'ambiguous';

export type Refusal = {
  readonly kind: RefusalKind;
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** The `reason` of the server's Status object, such as AlreadyExists. */
  readonly reason?: string;
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The disruption budgets that stand in the way. */
  readonly budgets?: readonly string[];
};

/** Either a value or why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export function refuse(kind: RefusalKind, message: string): { ok: false; refusal: Refusal } {
  return {
    ok: false,
    refusal: { kind, message },
  };
}

export type ErrorReply = {
  readonly code: number;
  /** The body, parsed if it was JSON. */
  readonly status: unknown;
  readonly retryAfter: string | undefined;
  /** A read changes nothing, so it is never ambiguous. */
  readonly isRead: boolean;
};

/** Classifies an answer outside 2xx. */
export function refusalOfReply({ code, status, retryAfter, isRead }: ErrorReply): Refusal {
  const reason = textAt(status, 'reason');
  const retryAfterMs = retryAfterMsOf(retryAfter, status);
  const kind = kindOf(code, status, isRead);
  const budgets = budgetsOf(status).filter((name) => name !== '');
  return {
    kind,
    status: code,
    message: textAt(status, 'message') || `The API server answered ${code}.`,
    ...(reason !== '' && { reason }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(kind === 'budget' && { budgets }),
  };
}

function retryAfterMsOf(header: string | undefined, status: unknown): number | undefined {
  const seconds = Number(header ?? numberAt(status, 'details', 'retryAfterSeconds') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

const kindByStatus: Readonly<Record<number, RefusalKind>> = {
  400: 'invalid',
  401: 'forbidden',
  403: 'forbidden',
  404: 'not-found',
  405: 'invalid',
  406: 'invalid',
  409: 'conflict',
  410: 'conflict',
  413: 'invalid',
  415: 'invalid',
  422: 'invalid',
  429: 'throttled',
  503: 'transient',
};

function kindOf(code: number, status: unknown, isRead: boolean): RefusalKind {
  const told = kindByWords(code, status);
  if (told) return told;
  // Only the API server itself can say that something is not there; a proxy in between says 404 as well.
  if (code === 404 && textAt(status, 'reason') !== 'NotFound') return 'transient';
  return kindByStatus[code] ?? (isRead ? 'transient' : 'ambiguous');
}

/** What the status alone does not tell. */
function kindByWords(code: number, status: unknown): RefusalKind | undefined {
  if (code === 429 && budgetsOf(status).length > 0) return 'budget';
  // A namespace on its way out refuses creations until it is gone.
  const terminating = causesOf(status).some(
    (cause) => textAt(cause, 'reason') === 'NamespaceTerminating',
  );
  if (code === 403 && terminating) return 'transient';
  if (isAdmission(code, status)) return 'admission';
  const rivals = textAt(status, 'message').includes('more than one PodDisruptionBudget');
  return code === 500 && rivals ? 'invalid' : undefined;
}

/** Policies and webhooks may answer with any status; the API server puts these words before their own. */
const admissionWords =
  /ValidatingAdmissionPolicy '|admission webhook "|failed calling webhook|denied the request|denied request/;

/** The authorizer says which user cannot do what; whoever else forbids is an admission plugin. */
const authorizerWords = /User ".*" cannot /;

function isAdmission(code: number, status: unknown): boolean {
  const message = textAt(status, 'message');
  if (code >= 400 && admissionWords.test(message)) return true;
  return code === 403 && message.includes(' is forbidden: ') && !authorizerWords.test(message);
}

const budgetCause = 'DisruptionBudget';

/** The API server names the budget as the fourth word of the cause and nowhere else. */
function budgetsOf(status: unknown): readonly string[] {
  return causesOf(status)
    .filter((cause) => textAt(cause, 'reason') === budgetCause)
    .map((cause) => /^The disruption budget (\S+) /.exec(textAt(cause, 'message'))?.[1] ?? '');
}

function causesOf(status: unknown): readonly unknown[] {
  return listAt(status, 'details', 'causes');
}

/** Connections that were never made carried nothing. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_HAS_EXPIRED',
]);

/** Classifies a request that got no answer: a write that left us may have been carried out. */
export function refusalOfError(error: unknown, isRead: boolean): Refusal {
  const code = codeOf(error);
  const sent = !neverSent.has(code);
  return {
    kind: isRead || !sent ? 'transient' : 'ambiguous',
    message: [code, errorText(error)].filter((part) => part !== '').join(': '),
  };
}

function codeOf(error: unknown): string {
  return textAt(error, 'code') || textAt(error, 'cause', 'code');
}
