// Signing in with a token; the service keeps it in a cookie that no script can read.

import { api } from "./api.js";
import { complain, stamp } from "./dom.js";

/** Ask for the token and call `onDone` once it is accepted. */
export function showSignIn(main, onDone) {
  main.replaceChildren(stamp("t-signin"));
  const form = main.querySelector("form");
  const input = form.querySelector("input");
  const error = form.querySelector(".error");
  input.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    complain(error, "");
    try {
      if (!input.value.trim()) throw new Error("Type or paste your token first.");
      await api.signIn(input.value.trim());
      onDone();
    } catch (problem) {
      complain(error, problem.message);
      input.setAttribute("aria-invalid", "true");
      input.select();
    }
  });
}
