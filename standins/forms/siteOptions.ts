/**
 * The settings file of a w.c.s., `site-options.cfg`, which Python's `configparser` reads there: a name ends at the first `=` or
 * `:`, and is compared in small letters. Pure. https://docs.python.org/3/library/configparser.html
 */

type Sections = Map<string, Map<string, string>>;

/** @returns undefined when there is no such option; and for every option of a file that cannot be read. */
export function readSiteOption(text: string, section: string, option: string): string | undefined {
  return parseSections(text)?.get(section)?.get(option.toLowerCase());
}

/** By the first line w.c.s. signs its calls to the host, by the second it believes those of the host. */
export function formatSiteOptions(host: string, key: string): string {
  return `[wscall-secrets]\n${host} = ${key}\n\n[api-secrets]\n${host} = ${key}\n`;
}

/** @returns undefined where `configparser` raises: one such line, and nothing of the file is known. */
function parseSections(text: string): Sections | undefined {
  const sections: Sections = new Map();
  let section: Map<string, string> | undefined;
  let option: { readonly name: string; readonly indent: number } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const content = line.trim();
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    const indent = line.search(/\S/);
    if (section !== undefined && option !== undefined && indent > option.indent) {
      section.set(option.name, `${section.get(option.name)}\n${content}`.trim());
      continue;
    }
    const [, heading] = /^\[(.+)\]/.exec(content) ?? [];
    const [, name = '', value = ''] = /^([^=:]*)[=:](.*)$/.exec(content) ?? [];
    if (heading !== undefined) {
      if (sections.has(heading)) return undefined;
      section = new Map();
      sections.set(heading, section);
      option = undefined;
    } else {
      option = { name: name.trim().toLowerCase(), indent };
      if (section === undefined || option.name === '' || section.has(option.name)) return undefined;
      section.set(option.name, value.trim());
    }
  }
  return sections;
}
