// Definitions are templates in service-templates/, so that a person can read them whole.
import { shippedFile } from "../runtime/assets.ts";

/** The template with each `@NAME@` replaced by its value, which is escaped already. */
export function fillTemplate(name: string, values: Readonly<Record<string, string>>): string {
  return shippedFile(`service-templates/${name}`).replace(/@([A-Z_]+)@/g, (placeholder, key: string) => {
    return values[key] ?? placeholder;
  });
}

/** For the text of an XML element. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
