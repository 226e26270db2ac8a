namespace Semblance.Training;

/// <summary>Computes the correlation of two series of numbers, from −1 to 1.</summary>
public static class Correlation
{
    /// <summary>Computes Pearson's r, the linear correlation.</summary>
    /// <param name="x">The first series.</param>
    /// <param name="y">The second series, of the same length.</param>
    /// <returns>The correlation; 0 if a series is constant (SciPy: NaN).</returns>
    /// <exception cref="ArgumentException">
    /// The series differ in length, have fewer than two elements, or contain a number that is not finite.
    /// </exception>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        var (meanX, meanY) = (Mean(x), Mean(y));
        double xx = 0, yy = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }

        return xx == 0 || yy == 0 ? 0 : Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    /// <summary>
    /// Computes Spearman's ρ: Pearson's r of the ranks, in which equal numbers share the mean of their ranks (Spearman 1904).
    /// </summary>
    /// <inheritdoc cref="Pearson"/>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        Check(x, y);
        return Pearson(Ranks(x), Ranks(y));
    }

    /// <summary>Returns the rank of each value, from 1 for the smallest; equal values share the mean of their ranks.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = Enumerable.Range(0, values.Length).ToArray();
        Array.Sort(sorted, order);
        var ranks = new double[values.Length];
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            end = first + 1;
            while (end < sorted.Length && sorted[end] == sorted[first])
            {
                end++;
            }

            foreach (var i in order.AsSpan(first, end - first))
            {
                ranks[i] = (first + 1 + end) / 2.0;
            }
        }

        return ranks;
    }

    private static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private static void Check(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length || x.Length < 2)
        {
            throw new ArgumentException(
                $"A correlation needs two series of the same length, at least 2; the lengths are {x.Length} and {y.Length}.", nameof(y));
        }

        for (var i = 0; i < x.Length; i++)
        {
            if (!double.IsFinite(x[i] + y[i]))
            {
                throw new ArgumentException($"The numbers at {i} are {x[i]} and {y[i]}; a correlation needs finite numbers.", nameof(y));
            }
        }
    }
}
