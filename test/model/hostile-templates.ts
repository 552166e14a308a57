// Texts of templates that take long.

const size = 250_000;

export const hostileTemplates: Readonly<Record<string, string>> = {
  "a key without end": `{{${"A".repeat(size)}}}`,
  "a filter without end": `{{API_SECRET | ${"A".repeat(size)}}}`,
  "a key in blanks": `{{${" ".repeat(size)}API_SECRET}}`,
  bars: `{{${"|".repeat(size)}}}`,
  "opening braces": "{".repeat(size),
  "closing braces": "}".repeat(size),
  "braces of both kinds": "{{}}".repeat(size / 4),
  "pairs that never close": "{{ ".repeat(size / 3),
  "all closed by one": `${"{{".repeat(size / 2)}}}`,
  "templates in templates": "{{ {{API_SECRET}} }}".repeat(size / 20),
  "a thousand keys": "{{API_SECRET}}".repeat(1_000),
  "a thousand keys in a host": `http://${"{{API_SECRET}}".repeat(1_000)}`,
  "a thousand unknown keys": "{{API_SECRETS}}".repeat(1_000),
  "a thousand unknown filters": "{{API_SECRET | jsn}}".repeat(1_000),
  "a thousand dates": "{{scheduled_for.date | json}}".repeat(1_000),
  "a thousand far apart": `{{API_SECRET}}${"é".repeat(200)}`.repeat(1_000),
  "ten thousand keys": "{{API_SECRET}}".repeat(10_000),
  "ten thousand keys in a host": `http://${"{{API_SECRET}}".repeat(10_000)}`,
  "ten thousand unknown keys": "{{API_SECRETS}}".repeat(10_000),
  "1 MiB of text": `{{API_SECRET}}${"é{}|".repeat(2 ** 18)}`,
};
