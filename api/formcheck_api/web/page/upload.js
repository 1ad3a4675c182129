// Sending a clip: the only call that tells how far it has come.

import { problemFrom } from "./api.js";

/**
 * Send a form. Calls `onProgress` with the share that is sent, 0 to 1, and resolves to the
 * service's answer; an aborted signal stops it with an AbortError.
 */
export function send(form, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/analyses");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status === 202) resolve(JSON.parse(request.responseText));
      else reject(problemFrom(request.status, request.responseText));
    });
    request.addEventListener("error", () => reject(problemFrom(0, "")));
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
