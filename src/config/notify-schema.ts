// The config keys about notifications.
import * as z from "zod";
import { notifyEvents } from "../model/notify.ts";
import { mostInARow } from "../model/parse-notify.ts";
import { above0, exactlyOneSource, listOf, oneOf, text, variableName, whole } from "./schema-parts.ts";

const channelPattern = /^[A-Za-z_][A-Za-z0-9_-]{0,99}$/;
const channelNames = () => listOf(channelPattern, "the name of a channel", "names of channels");

const address = (what: string) =>
  z
    .union(
      [
        text(what),
        z
          .strictObject({
            value: text(what).optional().describe("The value itself"),
            env: variableName().optional().describe("Name of the environment variable that holds the value"),
            file: text("the path of a file").optional().describe("File that holds the value, relative to this one"),
          })
          .meta(exactlyOneSource),
      ],
      { error: `${what}, or an object with "value", "env" or "file"` },
    )
    .optional();

// What each type needs is said by resolve-channels.ts.
const channel = z.strictObject(
  {
    type: oneOf(["webhook", "slack", "telegram"]).describe("What kind of service is told"),
    url: address("a url that begins with http:// or https://").describe(
      "Where messages go; of telegram the Bot API, https://api.telegram.org unless given",
    ),
    token: address("the token of a bot").describe("Of telegram: the bot's token"),
    chat_id: text("the id of a chat, as a text")
      .optional()
      .describe("Of telegram: who reads it, such as -1001234567890"),
  },
  { error: 'an object such as {"type": "webhook", "url": {"env": "OPS_WEBHOOK"}}' },
);

export const channels = z
  .record(
    z.string().regex(channelPattern, { error: "a name of letters, digits, _ and - that begins with a letter or _" }),
    channel,
    { error: "an object of names and channels" },
  )
  .default({})
  .describe("Channels for messages about runs, by the name that jobs call them; their urls and tokens are secrets");

export const notifyDefault = z
  .strictObject(
    {
      channels: channelNames().default([]).describe("Channels that hear of jobs which name none"),
      after: whole(1, mostInARow).default(1).describe("So many bad runs in a row are told of"),
      on: z
        .array(oneOf(notifyEvents), { error: "a list of events" })
        .default([...notifyEvents])
        .describe("What is told"),
      slow_sec: above0(604_800).optional().describe("A run that takes longer than this is slow, in seconds"),
    },
    { error: "an object" },
  )
  .prefault({})
  .describe("What holds for jobs that say nothing else about notifications");

export const notifyMachines = channelNames()
  .default([])
  .describe("Channels that hear when a machine falls silent, and when it is back");
