// In place of the package of this name, which unpacks its tables when it is loaded: here, when a password needs them.
interface Saslprep {
  saslprep(text: string): string;
}

export function saslprep(text: string): string {
  // By its path: its name leads here.
  const whole = require("../../node_modules/@mongodb-js/saslprep/dist/node.js") as Saslprep;
  return whole.saslprep(text);
}
