// SPDX-License-Identifier: AGPL-3.0-or-later
// The one way to the server: errors become ApiError, a lost connection is noticed once for all screens.
import { connection } from '../live.svelte';
import type { Problem } from './types';

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
  /** True when the server was not reached at all. */
  get lost(): boolean {
    return this.problem.status === 0;
  }
}

type Parameters = Record<string, string | number | boolean | readonly string[] | null | undefined>;

/** "/api/search" with its parameters; empty ones are left out, lists are repeated. */
export function address(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Problem;
    if (typeof problem.detail === 'string') return problem;
  } catch {
    // not JSON: said below
  }
  return { type: '/problems/unreadable', title: response.statusText, status: response.status, detail: '' };
}

async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    connection.lose();
    throw new ApiError({ type: '/problems/connection', title: '', status: 0, detail: '' });
  }
  if (!response.ok) throw new ApiError(await problemOf(response));
  return response;
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await answer(path, init);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return call<T>(address(path, parameters), { signal: signal ?? null });
}

export function post<T>(path: string, body: unknown = {}): Promise<T> {
  return call<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Dragoman': '1' },
    body: JSON.stringify(body),
  });
}

export function put<T>(path: string, body: Blob, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return call<T>(address(path, parameters), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', 'X-Dragoman': '1' },
    body,
    signal: signal ?? null,
  });
}

export function remove(path: string): Promise<void> {
  return call<void>(path, { method: 'DELETE', headers: { 'X-Dragoman': '1' } });
}

/** A picture as data. */
export async function getPicture(path: string, signal: AbortSignal): Promise<Blob> {
  return (await answer(path, { signal })).blob();
}

/** The picture of a page; a ladder of three widths (docs/openapi.json). */
export function pictureAddress(item: number, page: number, size: 'thumb' | 'screen' | 'large'): string {
  return address(`/api/items/${item}/pages/${page}/picture`, { size });
}
