// Asks the server that the page came from: DNS over HTTPS (RFC 8484).

import { RCODES, readAnswer, writeQuery, type Answer } from "./message";

export class NoAnswer extends Error {}

// The server answered, but did not tell what was asked: it refused, failed, or cut its answer.
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    const errors = answer.errors.map((error) => ` (${error.text || `EDE ${error.code}`})`).join("");
    super(`the server answered ${answer.truncated ? "with a part alone" : codeOf(answer)}${errors}`);
  }
}

export const codeOf = (answer: Answer): string => RCODES[answer.rcode] ?? `RCODE ${answer.rcode}`;

// The answer, where it tells what there is, if only that there is nothing; else throws Refusal.
export function accepted(answer: Answer): Answer {
  const told = codeOf(answer) === "NOERROR" || codeOf(answer) === "NXDOMAIN";
  if (!told || answer.truncated) throw new Refusal(answer);
  return answer;
}

const PATIENCE_MS = 5000;
const TRIES = 2;

// The answer, or NoAnswer where none came; NameError where the name is none.
export async function ask(name: string, type: number, signal?: AbortSignal): Promise<Answer> {
  const body = writeQuery(name, type);
  let why = "";
  for (let attempt = 0; attempt < TRIES; ++attempt) {
    try {
      return await askOnce(body, signal);
    } catch (error) {
      if (signal?.aborted) throw error;
      why = error instanceof Error ? error.message : String(error);
    }
  }
  throw new NoAnswer(`${why}; tried ${TRIES === 2 ? "twice" : `${TRIES} times`}`);
}

async function askOnce(body: Uint8Array, signal?: AbortSignal): Promise<Answer> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch("/dns-query", {
    method: "POST",
    headers: { "content-type": "application/dns-message", accept: "application/dns-message" },
    body: body as BufferSource,
    signal: signal ? AbortSignal.any([signal, patience]) : patience,
  }).catch((error: unknown) => {
    throw new Error(patience.aborted ? `no answer after ${PATIENCE_MS / 1000} s` : "no connection", { cause: error });
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const answer = readAnswer(new Uint8Array(await response.arrayBuffer()));
  if (!answer) throw new Error("the answer is malformed");
  return answer;
}
