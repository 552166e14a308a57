// Loaded into every test process: a Node warning (a deprecation, a leak of listeners) is a failure, not a line nobody
// reads. The throw reaches the running test as an uncaught exception.
process.on("warning", (warning) => {
  throw warning;
});
