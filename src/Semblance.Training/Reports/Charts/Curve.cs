namespace Semblance.Training;

/// <summary>Represents a quantity by step. Values that are not finite are skipped.</summary>
internal sealed record Curve
{
    /// <summary>Initializes a new instance of the <see cref="Curve"/> class with points in the order of the steps.</summary>
    public Curve(string title, IEnumerable<(long Step, double Value)> points) =>
        (Title, Points) = (title, [.. points.Where(point => double.IsFinite(point.Value))]);

    public string Title { get; }

    public (long Step, double Value)[] Points { get; private init; }

    /// <summary>
    /// Returns the exponentially weighted mean of the values so far, in which the weight of a value halves after about a hundredth of the
    /// curve. The start is
    /// not biased toward zero (the weights are divided by their sum).
    /// </summary>
    public Curve Smoothed()
    {
        var keep = 1 - (1 / Math.Max(1, Points.Length / 60.0));
        var (sum, weight) = (0.0, 0.0);
        var smoothed = new (long, double)[Points.Length];
        for (var i = 0; i < smoothed.Length; i++)
        {
            sum = (keep * sum) + Points[i].Value;
            weight = (keep * weight) + 1;
            smoothed[i] = (Points[i].Step, sum / weight);
        }

        return this with { Points = smoothed };
    }

    /// <summary>Returns a curve of at most <paramref name="count"/> points, evenly spaced and including the last.</summary>
    public Curve Thinned(int count) => Points.Length <= count
        ? this
        : this with { Points = [.. Enumerable.Range(1, count).Select(i => Points[((long)i * Points.Length / count) - 1])] };

    /// <summary>
    /// Returns the outline of all points in <paramref name="count"/> intervals: the maximum of each interval from first to last, and back
    /// along the minima. It
    /// has few points but keeps all spikes.
    /// </summary>
    public Curve Outline(int count)
    {
        var stretches = Enumerable.Range(0, count)
            .Select(i => Points[(int)((long)i * Points.Length / count)..(int)((i + 1L) * Points.Length / count)])
            .Where(stretch => stretch.Length > 0)
            .ToArray();
        return this with
        {
            Points =
            [
                .. stretches.Select(stretch => stretch.MaxBy(point => point.Value)),
                .. stretches.Reverse().Select(stretch => stretch.MinBy(point => point.Value)),
            ],
        };
    }
}
