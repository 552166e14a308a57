// Broken forms and redirects.
import { type BrokenJob, broken } from "./broken-job.ts";

export const brokenForms: readonly BrokenJob[] = [
  broken(
    "form in a GET request",
    { form: { a: 1 } },
    'form: expected no form in a GET request, got an object (method is "GET" unless given)',
  ),
  broken(
    "form and body",
    { method: "POST", form: { a: 1 }, body: "a=1" },
    "form: expected no form beside body, got an object",
  ),
  broken(
    "list in a form",
    { method: "POST", form: { a: [1] } },
    "form.a: expected a text, a number, true or false, got a list",
  ),
  broken(
    "form as a text",
    { method: "POST", form: "a=1" },
    "form: expected an object of field names and values, got a text",
  ),
  broken("too many redirects", { follow_redirects: 6 }, "follow_redirects: expected a whole number 0-5, got 6"),
  broken(
    "follow_redirects as a switch",
    { follow_redirects: true },
    "follow_redirects: expected a whole number 0-5, got true",
  ),
];
