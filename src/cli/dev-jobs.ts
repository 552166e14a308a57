// The sample jobs of `fleetcron dev`: each shows one thing, and all are due within ten seconds.

/** A whole hour of the clock in UTC that is not the current one: a condition that does not hold now. */
export function sampleJobs(now: Date): readonly Readonly<Record<string, unknown>>[] {
  const otherHour = (now.getUTCHours() + 12) % 24;
  return [
    {
      name: "first",
      description: "once, a second after the start",
      at: new Date(now.getTime() + 1_000),
      url: "{{BASE_URL}}/echo",
    },
    {
      name: "hello",
      description: "one request, every 5 seconds",
      every_sec: 5,
      url: "{{BASE_URL}}/echo",
      params: { due: "{{scheduled_for}}" },
    },
    {
      name: "two-steps",
      description: "a chain of two requests, the first with a secret",
      every_sec: 10,
      actions: [
        {
          name: "login",
          method: "POST",
          url: "{{BASE_URL}}/token",
          headers: { Authorization: "Bearer {{API_SECRET}}" },
        },
        { name: "report", method: "POST", url: "{{BASE_URL}}/echo", body: { run: "{{run.id}}" } },
      ],
    },
    {
      name: "flaky",
      description: "fails at first and is retried",
      every_sec: 10,
      url: "{{BASE_URL}}/flaky",
      retry: { retries: 2, delay_sec: 1 },
    },
    {
      name: "not-now",
      description: "skipped: its condition does not hold",
      every_sec: 10,
      url: "{{BASE_URL}}/echo",
      when: { hour_in: [otherHour] },
    },
  ];
}
