import { line, testRefused } from "./refused.ts";

const secretForms = 'a text or an object with "value", "env" or "file"';

testRefused({
  "secrets as a list": {
    file: { secrets: ["geheim"] },
    says: [line("secrets: expected an object of names and secrets, got a list")],
  },
  "a secret that is a number": {
    file: { secrets: { A: 12345 } },
    says: [line(`secrets.A: expected ${secretForms}, got a number`, 4)],
  },
  "an empty secret": {
    file: { secrets: { A: "" } },
    says: [line("secrets.A: expected a value that is not empty, got an empty text", 4)],
  },
  "a secret with a mistyped key": {
    file: { secrets: { A: { vale: "geheim" } } },
    says: [line('secrets.A.vale: unknown key; did you mean "value"?', 5)],
  },
  "a secret from two places": {
    file: { secrets: { A: { env: "X", file: "y" } } },
    says: [line('secrets.A: expected exactly one of "value", "env" and "file", got "env" and "file"', 4)],
  },
  "a secret from nowhere": {
    file: { secrets: { A: { hosts: ["a.example.com"] } } },
    says: [line('secrets.A: expected exactly one of "value", "env" and "file", got none', 4)],
  },
  "a secret in a variable that is not set": {
    file: { secrets: { A: { env: "NO_SUCH" } } },
    says: [
      line(
        "secrets.A.env: expected the name of an environment variable with a value, got NO_SUCH, which is not set",
        5,
      ),
    ],
  },
  "the secret itself where a variable belongs": {
    file: { secrets: { A: { env: "sk_live_geheim" } } },
    says: [
      line("secrets.A.env: expected the name of an environment variable with a value, got one that is not set", 5),
    ],
  },
  "a secret in a file that is missing": {
    file: { secrets: { A: { file: "/no/such/file" } } },
    says: [line('secrets.A.file: expected a readable file, got "/no/such/file" (no such file)', 5)],
  },
  "a secret for a URL": {
    file: { secrets: { A: { value: "geheim", hosts: ["https://a.example.com"] } } },
    says: [
      line(
        'secrets.A.hosts[0]: expected a host name like api.example.com, with :port if it matters, got "https://a.example.com"',
        7,
      ),
    ],
  },
  "a secret for no host": {
    file: { secrets: { A: { value: "geheim", hosts: [] } } },
    says: [line("secrets.A.hosts: expected at least one host (leave hosts out to allow any), got []", 6)],
  },
  "a secret with a dash in its name": {
    file: { secrets: { "api-key": "geheim" } },
    says: [
      line(
        'secrets.api-key: expected a name of letters, digits and _ that does not begin with a digit, got "api-key"',
        4,
      ),
    ],
  },
  "a secret named like a template's own words": {
    file: { secrets: { job: "geheim" } },
    says: [line('secrets.job: expected a name other than job, run, scheduled_for, machine, outputs, got "job"', 4)],
  },
});
