namespace Semblance.Training;

/// <summary>What a report has around its content: the style of a printed page, by day and by night, and the script that reads out curves.</summary>
internal static class ReportPage
{
    /// <summary>The page's style sheet.</summary>
    public const string Style =
        """
        :root { --paper: #fffefb; --ink: #1d1d1b; --soft: #6b6862; --rule: #d9d5cb; --grid: #ece8df; --line: #1f4e79; --raw: #1f4e7930; --warn: #9a3412; color-scheme: light; }
        @media (prefers-color-scheme: dark) { :root { --paper: #17181a; --ink: #e4e2dc; --soft: #9b988f; --rule: #3b3b3a; --grid: #282928; --line: #8ab8e6; --raw: #8ab8e636; --warn: #f0a070; color-scheme: dark; } }
        @media print { :root { --paper: #fff; --ink: #000; --soft: #555; --rule: #bbb; --grid: #e6e6e6; --line: #1f4e79; --raw: #1f4e7930; --warn: #9a3412; color-scheme: light; } }
        @page { margin: 18mm 16mm; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.55 "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "Liberation Serif", "Songti SC", "Noto Serif CJK SC", serif; font-variant-numeric: oldstyle-nums; text-rendering: optimizeLegibility; }
        main { max-width: 46rem; margin: 0 auto; padding: 4rem 1.25rem 5rem; }
        header { border-bottom: 1px solid var(--rule); padding-bottom: 1.6rem; margin-bottom: 1.6rem; }
        .kicker { margin: 0; color: var(--soft); font-size: .82rem; letter-spacing: .12em; text-transform: uppercase; }
        h1 { margin: .3rem 0 .5rem; font-size: 2.1rem; line-height: 1.15; font-weight: 500; overflow-wrap: anywhere; }
        .byline { margin: 0; color: var(--soft); font-style: italic; }
        .abstract { font-size: 1.05rem; }
        h2 { margin: 2.8rem 0 .8rem; font-size: 1.2rem; font-weight: 600; }
        figure { margin: 1.4rem 0 2rem; break-inside: avoid; }
        .panels { display: grid; grid-template-columns: 1fr 1fr; gap: 1.1rem 1.2rem; }
        .panels .wide { grid-column: 1 / -1; }
        figcaption, caption { color: var(--soft); font-size: .85rem; line-height: 1.45; text-align: left; }
        figcaption { margin-top: .6rem; } caption { padding-bottom: .5rem; }
        figcaption b, caption b { color: var(--ink); font-weight: 600; }
        .scroll { overflow-x: auto; margin: 1.2rem 0 1.8rem; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem; line-height: 1.4; font-variant-numeric: tabular-nums lining-nums; border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); }
        th, td { padding: .32rem 1rem .32rem 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { border-bottom: .75px solid var(--ink); font-weight: 600; vertical-align: bottom; }
        tbody th { font-weight: 400; }
        .n { text-align: right; white-space: nowrap; }
        tr.primary > * { font-weight: 600; }
        tr { break-inside: avoid; }
        .loss { overflow-wrap: normal; }
        .example { color: var(--soft); font-size: .84rem; }
        .warnings { border-left: 2px solid var(--warn); padding-left: 1rem; } .warnings li { margin: .2rem 0; } .warnings ul { margin: .4rem 0; padding-left: 1.1rem; } .warnings h2 { margin-top: 0; color: var(--warn); }
        .plot { display: block; width: 100%; height: auto; overflow: visible; touch-action: pan-y; }
        .plot text { fill: var(--soft); font-size: 10.5px; font-variant-numeric: tabular-nums lining-nums; }
        .plot .title { fill: var(--ink); font-size: 12px; font-style: italic; } .plot .readout { fill: var(--ink); font-size: 11px; text-anchor: end; }
        .plot .y { text-anchor: end; } .plot .x { text-anchor: middle; }
        .plot path, .spark path, .plot .cursor circle { fill: none; }
        .grid { stroke: var(--grid); } .axis { stroke: var(--soft); stroke-width: .75; }
        .plot .band { fill: var(--raw); stroke: var(--raw); stroke-width: .8; } .raw { stroke: var(--raw); stroke-width: .8; stroke-linejoin: round; } .line { stroke: var(--line); stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round; }
        .dot { fill: var(--line); } .spark { width: 5rem; height: 1rem; vertical-align: -.15rem; } .spark .line { stroke-width: 1.1; }
        .cursor { display: none; } .cursor path { stroke: var(--soft); stroke-width: .6; } .plot .cursor circle { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; }
        .settings { columns: 2; column-gap: 2.4rem; margin: 0; font-size: .88rem; } .settings div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: .75px solid var(--grid); padding: .25rem 0; break-inside: avoid; }
        .settings dt { color: var(--soft); } .settings dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums lining-nums; }
        footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: .8rem; color: var(--soft); font-size: .82rem; }
        @media (max-width: 40rem) { .panels { grid-template-columns: 1fr; } .settings { columns: 1; } main { padding-top: 2rem; } }
        @media print { body { font-size: 10.5pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } .scroll { overflow: visible; } }
        """;

    /// <summary>The page's script: the point of a curve nearest to the pointer, in words. Without it the page lacks nothing else.</summary>
    public const string Script =
        """
        for (const plot of document.querySelectorAll('svg.plot')) {
          const steps = plot.dataset.steps.split(','), values = plot.dataset.values.split(',');
          const places = plot.querySelector('.line').getAttribute('d').slice(1).split('L').map(place => place.split(' ').map(Number));
          const cursor = plot.querySelector('.cursor'), readout = plot.querySelector('.readout');
          const hide = () => { cursor.style.display = 'none'; readout.textContent = ''; };
          plot.addEventListener('pointerleave', hide);
          plot.addEventListener('pointermove', event => {
            const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(plot.getScreenCTM().inverse()).x;
            let nearest = 0;
            for (let i = 1; i < places.length; i++) if (Math.abs(places[i][0] - x) < Math.abs(places[nearest][0] - x)) nearest = i;
            const [px, py] = places[nearest];
            cursor.style.display = 'inline';
            cursor.children[0].setAttribute('transform', `translate(${px} 0)`);
            cursor.children[1].setAttribute('transform', `translate(${px} ${py})`);
            readout.textContent = `step ${Number(steps[nearest]).toLocaleString('en')} · ${values[nearest]}`;
          });
        }
        """;
}
