using System.Globalization;
using System.Net;

namespace Semblance.Training;

/// <summary>
/// Represents a curve as inline SVG: axes, the values as a faint line or band, their mean as a strong line, and the data for the readout
/// script of the page.
/// </summary>
/// <param name="Curve">The curve.</param>
/// <param name="First">The first step of the axis.</param>
/// <param name="Last">The last step of the axis.</param>
internal sealed record LineChart(Curve Curve, long First, long Last)
{
    private const int MostPoints = 400;
    private const double Left = 48;
    private const double Top = 26;
    private const double Right = 14;
    private const double Bottom = 24;

    /// <summary>Gets a value that indicates whether the chart has the full width of the page instead of half.</summary>
    public bool Wide { get; init; }

    /// <summary>
    /// Gets a value that indicates whether the mean of the values is drawn as a strong line and the values as a faint one.
    /// </summary>
    public bool Smooth { get; init; }

    /// <summary>Gets a value that indicates whether the axis is logarithmic if the values span more than two powers of ten.</summary>
    public bool MayBeLogarithmic { get; init; }

    private double Width => Wide ? 720 : 350;

    private double Height => Wide ? 230 : 190;

    /// <summary>Renders the SVG element.</summary>
    public string Render()
    {
        if (Curve.Points.Length == 0)
        {
            return "";
        }

        var line = (Smooth ? Curve.Smoothed() : Curve).Thinned(MostPoints);
        var dense = Curve.Points.Length > MostPoints;
        var (lowest, highest) = (Curve.Points.Min(point => point.Value), Curve.Points.Max(point => point.Value));
        var logarithmic = MayBeLogarithmic && lowest > 0 && highest > 100 * lowest;
        if (highest - lowest <= 1e-12 * Math.Abs(highest))
        {
            var margin = highest == 0 ? 1 : Math.Abs(highest) / 10; // a level line in the middle
            (lowest, highest) = (lowest - margin, highest + margin);
        }

        double X(double step) => Left + ((Width - Left - Right) * (Last > First ? (step - First) / (Last - First) : 0.5));
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (logarithmic
            ? Math.Log(value / lowest) / Math.Log(highest / lowest)
            : (value - lowest) / (highest - lowest)));
        string Path(Curve curve) => "M" + string.Join('L', curve.Points.Select(point => Text($"{X(point.Step):0.#} {Y(point.Value):0.#}")));

        var title = WebUtility.HtmlEncode(Curve.Title);
        var yTicks = logarithmic ? AxisTicks.Logarithmic(lowest, highest) : AxisTicks.Linear(lowest, highest, 4);
        var xTicks = AxisTicks.Linear(First, Last, Wide ? 8 : 4).Where(tick => tick == Math.Floor(tick));
        var values = Array.ConvertAll(line.Points, point => ReportText.Number(point.Value));
        return string.Concat([
            Text($"""<svg class="plot{(Wide ? " wide" : "")}" viewBox="0 0 {Width} {Height}" role="img" """),
            Text($"""aria-label="{title}: {values[0]} at step {line.Points[0].Step}, {values[^1]} at step {line.Points[^1].Step}" """),
            Text($"""data-steps="{string.Join(',', line.Points.Select(point => point.Step))}" """),
            $"""data-values="{string.Join(',', values)}">""",
            Text($"""<text class="title" x="0" y="12">{title}</text><text class="readout" x="{Width - Right}" y="12"></text>"""),
            .. yTicks.Select(tick => Text($"""<path class="grid" d="M{Left} {Y(tick):0.#}H{Width - Right}"/>""")
                + Text($"""<text class="y" x="{Left - 7}" y="{Y(tick) + 3.5:0.#}">{AxisTicks.Label(tick)}</text>""")),
            Text($"""<path class="axis" d="M{Left} {Height - Bottom}H{Width - Right}"/>"""),
            .. xTicks.Select(tick => Text($"""<path class="axis" d="M{X(tick):0.#} {Height - Bottom}v4"/>""")
                + Text($"""<text class="x" x="{X(tick):0.#}" y="{Height - 7}">{AxisTicks.Label(tick)}</text>""")),
            !Smooth ? ""
                : dense ? $"""<path class="band" d="{Path(Curve.Outline(MostPoints / 2))}Z"/>"""
                : $"""<path class="raw" d="{Path(Curve)}"/>""",
            $"""<path class="line" d="{Path(line)}"/>""",
            .. line.Points.Length <= 30
                ? line.Points.Select(point => Text($"""<circle class="dot" cx="{X(point.Step):0.#}" cy="{Y(point.Value):0.#}" r="2.2"/>"""))
                : [],
            Text($"""<g class="cursor"><path d="M0 {Top}V{Height - Bottom}"/><circle r="3.2"/></g></svg>"""),
        ]);
    }

    /// <summary>Renders a curve of the size of a word.</summary>
    public static string Sparkline(Curve curve)
    {
        var points = curve.Thinned(60).Points;
        if (points.Length < 2)
        {
            return "";
        }

        var (lowest, highest) = (points.Min(point => point.Value), points.Max(point => point.Value));
        var places = points.Select((point, i) => (
            X: 2 + (76.0 * i / (points.Length - 1)),
            Y: highest > lowest ? 14 - (12 * (point.Value - lowest) / (highest - lowest)) : 8)).ToArray();
        var path = "M" + string.Join('L', places.Select(place => Text($"{place.X:0.#} {place.Y:0.#}")));
        return Text($"""<svg class="spark" viewBox="0 0 80 16" aria-hidden="true"><path class="line" d="{path}"/>""")
            + Text($"""<circle class="dot" cx="{places[^1].X:0.#}" cy="{places[^1].Y:0.#}" r="1.8"/></svg>""");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
