namespace Semblance.Training;

/// <summary>A quantity by step. Values that are no finite numbers are left out.</summary>
internal sealed record Curve
{
    /// <summary>Takes the quantity from the steps of a training that have it.</summary>
    public Curve(string title, IEnumerable<(long Step, double Value)> points) =>
        (Title, Points) = (title, [.. points.Where(point => double.IsFinite(point.Value))]);

    public string Title { get; }

    public (long Step, double Value)[] Points { get; private init; }

    /// <summary>
    /// The exponentially weighted mean of the values so far, where a value counts half after about a hundredth of the curve. Its beginning
    /// is not pulled to zero (the weights are divided by their sum).
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

    /// <summary>At most so many points, evenly spread, the last among them.</summary>
    public Curve Thinned(int count) => Points.Length <= count
        ? this
        : this with { Points = [.. Enumerable.Range(1, count).Select(i => Points[((long)i * Points.Length / count) - 1])] };

    /// <summary>
    /// The outline of all points, in so many stretches: the highest of each from first to last, and back along the lowest. It is thin, and no spike is lost.
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
