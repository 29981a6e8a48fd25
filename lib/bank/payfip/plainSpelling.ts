/** Spells text plainly: ASCII letters in place of all other Latin letters. Pure. */
import { dropUnseen } from '../../values/text.ts';

/**
 * Latin letters that Unicode does not decompose, by the ASCII spelling that any-ascii 0.3.3 (ISC licence) gives them. They
 * stand in lower case where they have one. The library itself knows every script, and weighs 547 kB.
 */
const lettersBySpelling = `
  2:ƨ 3:ꜫ 4:ꜭꜯ 5:ƽ 6:ƅↅ B:ᴯ F:ꟻ I:ꟷꟾ L:ↆ M:ꟽꟿ N:ᴻ P:ꟼ a:ɐɑɒʌᴀᶏᶐⱥꞻꬰꭤ aa:ꜳ𐞀 ae:æᴁᴂꞛꬱ ao:ꜵ au:ꜷ av:ꜹꜻ ay:ꜽ b:ƀƃɓʙᴃᵬᶀꞗꞵ
  c:ƈǀȼɕᴄↄꜿꞓꞔ𝼝 d:ðđƌȡɖɗᴅᴆᵭᶁᶑẟꝱꝺꟈ𝼥 db:ȸ dz:ƻʣʥꭦ dzh:ʤ𝼒𝼙 e:ǝɇɘəɛɜᴇᴈᶒᶓᶔᶕⱸⱻꬲꬳꬴ er:ɚɝ f:ƒɸᵮᶂⅎꜰꝼꞙꬵ fng:ʩ𝼀
  g:ǥɠɡɢɣʛᵷᵹᶃꞡꟑꬶ𝼁𝼂 gh:ƣ h:ħɦɧʜⱨⱶꜧꞕꟶ hw:ƕ i:ıɨɩɪɿʅᴉᵎᵻᵼᶖꞽ𝼚 ia:ꭠ ie:ꭡ j:ȷɉɟʄʝᴊ k:ƙʞᴋᶄⱪꝁꝃꝅꞣ𝼃𝼐
  l:łƚƛȴɫɬɭʟᴌᶅⱡꝇꝉꝲꞎꟛꬷꬸꬹ𝼄𝼑𝼓𝼦 ll:ỻꞁ ls:ʪ lz:ʫ lzh:ɮ𝼅 m:ɱᴍᵯᶆꝳꬺ n:ƞȵɲɳɴᴎᵰᶇꝴꞑꞥꬻ𝼧 ng:ŋꝿꬼ𝼇𝼔 o:øɔɞɵᴏᴐᴑᴒᴓᴖᴗᶗⱷⱺꝋꝍꞷꟁꬽꬾꬿ𝼛
  oe:œɶʚᴔꞝꭀꭁꭂꭢ oo:ꝏꭃꭄ ou:ȣᴕ p:ƥᴘᵱᵽᶈꝑꝓꝕ pc:ʘ q:ĸǃɋʗʠꝗꝙꞯ𝼊𝼏 qc:ǂ𝼋𝼌 qp:ȹ r:ɍɹɺɻɼɽɾʀʁᴙᴚᵲᵳᶉⱹꝛꝝꝵꝶꞃꞧꭅꭆꭇꭉꭋꭌꭨ𝼈𝼕𝼖𝼨 rr:ꭈꭊ
  s:ȿʂᵴᶊẜẝꜱꝭꝸꞅꞩꟊꟍꟗꟙ𝼞𝼩 sh:ƪʃʆᶋᶘꭍ ss:ß t:ŧƫƭȶʇʈᴛᵵⱦꝷꞇ𝼉𝼍𝼪 tc:ʨ th:þᵺꝥꝧ thth:ꟓ ts:ƾʦꭧ tsh:ʧ𝼗𝼜 tz:ꜩ u:ɤɷʉʊᴜᴝᴞᵾᵿᶙꞹꞿꭎꭏꭒ
  ue:ᵫꞟ ui:ꭐꭑ uo:ꭣ v:ʋᴠᶌỽⱱⱴꝟꝩ vy:ꝡ w:ƿɯɰʍᴟᴡⱳꟃꟺ ww:ʬꟕ x:ǁʖᶍꭓꭔꭕꭖꭗꭘꭙ𝼎 y:ƴȝɏɥʎʏʮʯỿꭚ𝼆 z:ƍƶȥɀʐʑᴢᵶᶎⱬꝣ zh:ƺʒʓᴣᶚ𝼘
`;

const spellings = new Map(
  lettersBySpelling
    .trim()
    .split(/\s+/)
    .flatMap((entry) => {
      const [spelling = '', letters = ''] = entry.split(':');
      return Array.from(letters, (letter) => [letter, spelling] as const);
    }),
);

/**
 * The text in ASCII. Each Latin letter gets its plain spelling (é becomes e, œ becomes oe), also in superscript, in a ligature
 * or in full width. So does a digit of any such shape. Anything else becomes a space.
 */
export function spellPlainly(text: string): string {
  return dropUnseen(text.replace(betweenNumbers, ' ').normalize('NFKD'))
    .replace(/\p{M}/gu, '')
    .replace(/\P{ASCII}/gu, spell);
}

/** 2½ is not 21/2, and 10² not 102; nor is ①② twelve, while 10¹² has the digits of one number. */
const betweenNumbers =
  /(?<=\p{Nd})(?=\p{No})|(?<=\p{No})(?=\p{Nd})|(?<=\p{No})(?=[\p{No}--[⁰¹²³⁴-⁹₀-₉]])|(?<=[\p{No}--[⁰¹²³⁴-⁹₀-₉]])(?=\p{No})/gv;

function spell(letter: string, offset: number, text: string): string {
  const spelling = spellings.get(letter.toLowerCase()) ?? ' ';
  if (letter === letter.toLowerCase()) return spelling;
  const isAmongCapitals = /\p{Lu}$/u.test(text.slice(0, offset)) || /^\p{Lu}/u.test(text.slice(offset + letter.length));
  return isAmongCapitals ? spelling.toUpperCase() : spelling.charAt(0).toUpperCase() + spelling.slice(1);
}
