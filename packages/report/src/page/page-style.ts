import { FIGURE_CSS } from '../draw/figure-css.ts';

/**
 * How a page looks: prose in a serif, data in the figures' own face, one column and much white. Colours are the
 * figures' (light, dark, and light on paper), so a page has none of its own.
 */
export const PAGE_CSS: string = `${FIGURE_CSS}
:root{
  --ink:var(--figure-ink);--muted:var(--figure-muted);--line:var(--figure-line);--grid:var(--figure-grid);
  --surface:var(--figure-surface);--accent:var(--figure-series-1);--care:var(--figure-series-2);
  --prose:Charter,'Bitstream Charter','Iowan Old Style','Sitka Text',Cambria,Georgia,'Liberation Serif',serif;
  --data:Arimo,'Liberation Sans','Helvetica Neue',Helvetica,Arial,sans-serif;
  --measure:38rem;
}
*{box-sizing:border-box}
html{background:var(--surface);color:var(--ink);scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;font:1.0625rem/1.55 var(--prose);overflow-wrap:anywhere}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.2em}
a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
main:focus{outline:none}
.skip{position:absolute;left:-100vw;top:0;padding:.6rem 1rem;background:var(--surface);font:.875rem var(--data);z-index:1}
.skip:focus{left:0}
.page{max-width:72rem;margin:0 auto;padding:4.5rem 2.5rem 6rem;display:grid;grid-template:auto 1fr auto/9.5rem minmax(0,1fr);column-gap:4.5rem}
header,main{grid-column:2}
nav{grid-column:1;grid-row:1/span 2;position:sticky;top:4.5rem;align-self:start;font:.8125rem/1.35 var(--data);max-height:calc(100vh - 6rem);overflow-y:auto;padding:.4rem 3px}
nav ul{list-style:none;margin:0;padding:0}
nav a{display:block;padding:.3rem 0 .3rem .75rem;border-left:2px solid var(--grid);color:var(--muted);text-decoration:none}
nav a:hover{color:var(--ink)}
nav a[aria-current]{color:var(--ink);border-left-color:var(--accent)}
.theme{display:flex;flex-wrap:wrap;gap:.15rem;margin-top:1.75rem}
.theme[hidden]{display:none}
.theme button{font:inherit;color:var(--muted);background:none;border:1px solid transparent;border-radius:3px;padding:.2rem .4rem;white-space:nowrap;cursor:pointer}
.theme button:hover{color:var(--ink)}
.theme button[aria-pressed=true]{color:var(--ink);border-color:var(--line)}
h1,h2{font-weight:600;line-height:1.2;text-wrap:balance;letter-spacing:-.01em}
h1{font-size:2.25rem;margin:0 0 1.25rem}
h2{font-size:1.5rem;margin:0 0 1rem}
.lead{font-size:1.25rem;line-height:1.5;max-width:var(--measure);margin:0;text-wrap:pretty}
p{max-width:var(--measure);margin:0 0 1.25rem;text-wrap:pretty}
section{margin-top:4.5rem}
section>:last-child{margin-bottom:0}
.notes{margin-top:2rem;max-width:var(--measure);border-left:3px solid var(--care);padding-left:1rem;font:.9375rem/1.5 var(--data)}
.notes p{margin:0 0 .3rem;font-weight:700}
.notes ul{margin:0;padding:0;list-style:none}
.notes li+li{margin-top:.4rem}

.scores{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:1.75rem 2rem;margin:0 0 2.5rem;font-family:var(--data)}
.scores dt{font-size:.875rem;color:var(--muted)}
.scores dd{margin:0}
.scores .value{display:block;font-size:2.125rem;line-height:1.25;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.scores .detail{display:block;font-size:.8125rem;line-height:1.4;color:var(--muted);font-variant-numeric:tabular-nums}
.scale{display:block;width:100%;max-width:13rem;height:auto;margin:.35rem 0 .4rem -4px;fill:none;stroke-width:1}
.scale .axis{stroke:var(--line)}
.scale .baseline{stroke:var(--ink);stroke-width:1.5}
.scale .interval{stroke:var(--accent);stroke-width:7;opacity:.45}
.scale circle{fill:var(--accent)}

.facts{display:grid;grid-template-columns:minmax(6rem,max-content) minmax(0,1fr);margin:0 0 2rem;max-width:var(--measure);font:.84375rem/1.5 var(--data);font-variant-numeric:tabular-nums;border-top:1px solid var(--grid)}
.facts div{display:grid;grid-template-columns:subgrid;grid-column:1/-1;column-gap:1.5rem;padding:.4rem 0;border-bottom:1px solid var(--grid)}
.facts dt{color:var(--muted)}
.facts dd{margin:0}

figure{margin:0 0 3rem}
.drawing{overflow-x:auto;overflow-y:hidden;margin-left:-8px}
.drawing,.table{background:linear-gradient(90deg,var(--surface) 50%,transparent) 0 0/2rem 100% no-repeat local,linear-gradient(270deg,var(--surface) 50%,transparent) 100% 0/2rem 100% no-repeat local,linear-gradient(90deg,var(--grid),transparent) 0 0/1rem 100% no-repeat scroll,linear-gradient(270deg,var(--grid),transparent) 100% 0/1rem 100% no-repeat scroll}
.drawing svg{display:block}
figcaption,caption{font:.875rem/1.5 var(--data);color:var(--muted);text-align:left}
figcaption{max-width:var(--measure);margin-top:.6rem}
figcaption strong{color:var(--ink)}

.table{overflow-x:auto;margin:0 0 3rem;container-type:inline-size}
table{border-collapse:collapse;min-width:min(100%,var(--measure));font:.875rem/1.35 var(--data);font-variant-numeric:tabular-nums lining-nums}
caption{padding-bottom:.6rem}
caption span{display:block;position:sticky;left:0;max-width:min(var(--measure),100cqi)}
th,td{padding:.4rem 1.25rem .4rem 0;text-align:left;vertical-align:top;font-weight:400;max-width:22rem;overflow-wrap:break-word}
th:last-child,td:last-child{padding-right:0}
thead th{vertical-align:bottom;color:var(--muted);border-top:1.5px solid var(--ink);border-bottom:1px solid var(--line);white-space:nowrap;overflow-wrap:normal}
tbody tr:last-child>*{border-bottom:1.5px solid var(--ink)}
tbody tr+tr>*{border-top:1px solid var(--grid)}
tbody tr:hover>*{background:color-mix(in srgb,var(--grid) 45%,transparent)}
tbody th{min-width:8rem}
th.number:first-child{text-align:left}
th.number:first-child button{flex-direction:row}
.number{text-align:right;white-space:nowrap}
.strong{font-weight:700}
thead button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;display:inline-flex;align-items:center;gap:.4em;text-align:inherit}
thead .number button{flex-direction:row-reverse}
thead button:hover,thead th[aria-sort]:not([aria-sort=none]) button{color:var(--ink)}
thead button::after{content:'';width:.55em;height:.4em;background:currentColor;opacity:.3;clip-path:polygon(0 0,100% 0,50% 100%)}
thead [aria-sort=ascending] button::after{opacity:1;clip-path:polygon(50% 0,100% 100%,0 100%)}
thead [aria-sort=descending] button::after{opacity:1}

.sheet ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:1.5rem 1.25rem}
.sheet li{font:.75rem/1.4 var(--data);color:var(--muted)}
.sheet img{display:block;width:100%;height:auto;margin-bottom:.4rem;border-radius:2px}
.sheet span{display:block;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:3;overflow:hidden}
.sheet span:first-of-type{color:var(--ink);font-weight:700}
.sheet figcaption{margin-top:1rem}

@media (max-width:60rem){
  .page{display:block;padding:2rem 1.25rem 4rem;max-width:48rem}
  h1{font-size:1.75rem}
  .lead{font-size:1.125rem}
  section{margin-top:3.5rem}
  nav{position:static;max-height:none;margin:1.75rem 0 0;padding:.75rem 0;border:solid var(--grid);border-width:1px 0}
  nav ul{display:flex;flex-wrap:wrap;gap:0 1.1rem}
  nav a{padding:.35rem 0;border:0}
  nav a[aria-current]{color:var(--muted)}
  .theme{margin-top:.6rem}
  .sheet ul{grid-template-columns:repeat(auto-fill,minmax(6rem,1fr))}
  .drawing svg{max-width:max(100%,27rem)}
  .wide svg{max-width:none}
  th,td{max-width:min(22rem,60vw)}
}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
  @page{margin:18mm 16mm}
  html{font-size:10pt}
  .page{display:block;padding:0;max-width:none}
  nav,.skip{display:none}
  section{margin-top:2.5rem}
  h2,h2+p,caption{break-after:avoid}
  figcaption{break-before:avoid}
  figure.figure,h2+p,.scores,.facts div,tr,.sheet li,.notes{break-inside:avoid}
  p{orphans:3;widows:3}
  tbody tr:first-child{break-before:avoid}
  thead{display:table-header-group}
  .facts,p,.lead,figcaption,caption span{max-width:none}
  .table,.drawing{overflow:visible;container-type:normal;background:none}
  caption span{position:static}
  thead button{display:contents}
  thead button::after{display:none}
  .drawing svg{max-width:100%}
  .sheet ul{grid-template-columns:repeat(6,minmax(0,1fr))}
  figure,.table{margin-bottom:2rem}
}
`;
