/* Text as it is drawn that is too faint: WCAG 2.1 AA, 1.4.3. What is disabled is exempt. */
() => {
  const channels = (text) => (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
      if (a > 0.99) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest(".vh, [disabled], [aria-disabled=true], svg, option, dialog:not([open]), .skip")) continue;
    const style = getComputedStyle(element);
    const [x, y] = [light(channels(style.color)), light(behind(element))];
    const ratio = (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      const said = walker.currentNode.data.trim().slice(0, 30);
      found.set(`${element.tagName}.${element.className}`, `${ratio.toFixed(2)} ${said}`);
    }
  }
  return [...found].map(([where, what]) => `${where}: ${what}`);
}
