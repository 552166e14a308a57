import { line, testRefused } from "./refused.ts";

const encoded = "a connection string whose user and password are percent-encoded (@ as %40, : as %3A, / as %2F)";

testRefused({
  "no mongodb_uri": {
    file: "{}",
    says: [
      "mongodb_uri: expected a connection string such as mongodb://db.example.com:27017, got nothing (fleetcron.config.json)",
    ],
  },
  "another database's URI": {
    file: '{"mongodb_uri": "postgres://u:geheim@h/db"}',
    says: [
      line(
        'mongodb_uri: expected a connection string that begins with mongodb:// or mongodb+srv://, got "postgres://u:***@h/db"',
        1,
      ),
    ],
  },
  "an @ in the password": {
    file: '{"mongodb_uri": "mongodb://u:ge@heim@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a slash in the password": {
    file: '{"mongodb_uri": "mongodb://u:ge/heim@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a percent sign in the password": {
    file: '{"mongodb_uri": "mongodb://u:100%@h/db"}',
    says: [line(`mongodb_uri: expected ${encoded}, got "mongodb://u:***@h/db"`, 1)],
  },
  "a URI without a host": {
    file: '{"mongodb_uri": "mongodb://"}',
    says: [
      line(
        'mongodb_uri: expected a connection string whose hosts are each a name or address with at most a port, got "mongodb://"',
        1,
      ),
    ],
  },
  "a port that is none": {
    file: '{"mongodb_uri": "mongodb://a:27017,b:99999"}',
    says: [
      line(
        'mongodb_uri: expected a connection string whose hosts are each a name or address with at most a port, got "mongodb://a:27017,b:99999"',
        1,
      ),
    ],
  },
  "mongodb+srv with a port": {
    file: '{"mongodb_uri": "mongodb+srv://a.example.com:27017"}',
    says: [
      line(
        'mongodb_uri: expected one host without a port after mongodb+srv://, got "mongodb+srv://a.example.com:27017"',
        1,
      ),
    ],
  },
  "an option without a value": {
    file: '{"mongodb_uri": "mongodb://a/?replicaSet"}',
    says: [line('mongodb_uri: expected options in the form ?name=value&name=value, got "mongodb://a/?replicaSet"', 1)],
  },
  "a mongodb_uri that is no text": {
    file: '{"mongodb_uri": 27017}',
    says: [
      line("mongodb_uri: expected a connection string that begins with mongodb:// or mongodb+srv://, got 27017", 1),
    ],
  },
});
