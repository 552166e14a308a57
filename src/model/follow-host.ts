// Where the host part of a url ends, told while the url is being written.

/** Whether a url's host part is over after all that was told of it so far: each character is looked at once. */
export function followHost(): (text: string) => boolean {
  let stage: Stage = "scheme";
  return (text) => {
    for (let i = 0; i < text.length && stage !== "past"; i++) stage = nextStage(stage, text.charAt(i));
    return stage === "past";
  };
}

type Stage = "scheme" | "first slash" | "second slash" | "host" | "past" | "no url";

/** Backslashes count as slashes: the URL parser reads them so in http urls. */
function nextStage(stage: Stage, char: string): Stage {
  const isSlash = char === "/" || char === "\\";
  const isEnd = isSlash || char === "?" || char === "#";
  if (stage === "scheme") return char === ":" ? "first slash" : isEnd ? "no url" : stage;
  if (stage === "first slash") return isSlash ? "second slash" : "no url";
  if (stage === "second slash") return isSlash ? "host" : "no url";
  return stage === "host" && isEnd ? "past" : stage;
}
