/* ROOT's text markup, #greek ^{} _{} #sqrt{} #frac{}{} ..., to nodes or to plain text. Foreign text becomes text nodes
 * and <sub>, <sup>, <i>, <b> of our own making, never HTML. Unknown commands stand as they are, without their #, as on
 * the pictures. */

const GREEK = 'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma ' +
  'tau upsilon phi chi psi omega';
const OTHERS = 'varepsilon ε vartheta ϑ varphi ϕ pm ± mp ∓ times × divide ÷ cdot · circ ° infty ∞ leq ≤ geq ≥ neq ≠ ' +
  'approx ≈ equiv ≡ sim ∼ propto ∝ rightarrow → leftarrow ← uparrow ↑ downarrow ↓ leftrightarrow ↔ Rightarrow ⇒ ' +
  'partial ∂ nabla ∇ int ∫ sum ∑ prod ∏ in ∈ notin ∉ subset ⊂ cap ∩ cup ∪ wedge ∧ vee ∨ perp ⊥ parallel ∥ angle ∠ ' +
  'bullet • hbar ħ ell ℓ Jgothic ℑ Rgothic ℜ copyright © trademark ™ downleftarrow ↵ AA Å aa å 3dots … forall ∀ ' +
  'exists ∃ oplus ⊕ otimes ⊗ void8 ∅ minus − plus + GT > LT <';
const PLAIN = new Set('font color scale kern lower mbox'.split(' '));
const MARKS = { bar: '\u0304', overline: '\u0305', hat: '\u0302', vec: '\u20d7', dot: '\u0307', ddot: '\u0308', tilde: '\u0303' };
const HIGH = '0123456789+-=()nabcdefghijklmoprstuvwxyz', UP = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ';
const LOW = '0123456789+-=()aehijklmnoprstuvx', DOWN = '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ';
const DEEPEST = 16;

const symbols = new Map();
for (const [i, name] of GREEK.split(' ').entries()) {
  symbols.set(name, String.fromCharCode(0x3b1 + i));
  if (name !== 'varsigma') symbols.set(name[0].toUpperCase() + name.slice(1), String.fromCharCode(0x391 + i));
}
OTHERS.split(' ').forEach((word, i, all) => { if (i % 2 === 0) symbols.set(word, all[i + 1]); });
const longestFirst = [...symbols.keys()].sort((a, b) => b.length - a.length);

/* A tree of strings and {tag, children}. */
function parse(text) {
  let at = 0, depth = 0;
  const group = () => {
    if (text[at] !== '{') return [];
    at++;
    return run(true);
  };
  function command() {
    const rest = text.slice(at, at + 24);
    const named = /^([A-Za-z]+)(\[[^\]]*\])?(?=\{)/.exec(text.slice(at, at + 64));
    const name = named && named[1];
    const take = () => { at += named[0].length; };
    if (name === 'sqrt') return take(), ['√', '(', ...group(), ')'];
    if (name === 'frac') return take(), [...group(), '/', ...group()];
    if (name === 'splitline') return take(), [...group(), ' ', ...group()];
    if (name === 'bf') return take(), [{ tag: 'b', children: group() }];
    if (name === 'it') return take(), [{ tag: 'i', children: group() }];
    if (PLAIN.has(name)) return take(), group();
    if (Object.hasOwn(MARKS, name)) return take(), [...group(), MARKS[name]];
    const symbol = longestFirst.find(word => rest.startsWith(word));
    if (symbol) {
      at += symbol.length;
      return [symbols.get(symbol)];
    }
    return /^[A-Za-z]/.test(rest) ? [] : ['#'];
  }
  function run(grouped) {
    const out = [];
    const deep = ++depth > DEEPEST;
    while (at < text.length) {
      const c = text[at];
      if (grouped && c === '}') {
        at++;
        break;
      }
      if (!deep && c === '#') {
        at++;
        out.push(...command());
      } else if (!deep && (c === '^' || c === '_') && text[at + 1] === '{') {
        at++;
        out.push({ tag: c === '^' ? 'sup' : 'sub', children: group() });
      } else {
        at++;
        out.push(c);
      }
    }
    depth--;
    return out;
  }
  return run(false);
}

function nodes(tree) {
  const out = document.createDocumentFragment();
  for (const part of tree) {
    if (typeof part === 'string') {
      if (out.lastChild?.nodeType === Node.TEXT_NODE) out.lastChild.data += part;
      else out.append(part);
    } else {
      const element = document.createElement(part.tag);
      element.append(nodes(part.children));
      out.append(element);
    }
  }
  return out;
}

function script(text, from, to, sign) {
  const found = [...text].map(c => from.indexOf(c));
  return found.includes(-1) ? sign + text : found.map(i => to[i]).join('');
}

function flat(tree) {
  return tree.map(part => {
    if (typeof part === 'string') return part;
    const text = flat(part.children);
    return part.tag === 'sup' ? script(text, HIGH, UP, '^') : part.tag === 'sub' ? script(text, LOW, DOWN, '_') : text;
  }).join('');
}

export const toNodes = text => nodes(parse(text));
export const toText = text => flat(parse(text));
