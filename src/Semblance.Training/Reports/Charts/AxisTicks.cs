using System.Globalization;

namespace Semblance.Training;

/// <summary>Computes round tick values for an axis.</summary>
internal static class AxisTicks
{
    private const double Rounding = 1e-9;

    /// <summary>
    /// Returns multiples of 1, 2 or 5 times a power of ten from <paramref name="lowest"/> to <paramref name="highest"/>, about
    /// <paramref name="count"/>.
    /// </summary>
    public static double[] Linear(double lowest, double highest, int count)
    {
        if (!(highest > lowest))
        {
            return [lowest];
        }

        var step = RoundUp((highest - lowest) / count);
        var first = Math.Ceiling((lowest / step) - Rounding);
        var ticks = Math.Floor((highest / step) + Rounding) - first + 1;
        return [.. Enumerable.Range(0, (int)ticks).Select(i => (first + i) * step)];
    }

    /// <summary>Returns powers of ten from <paramref name="lowest"/> to <paramref name="highest"/>, at most about six.</summary>
    public static double[] Logarithmic(double lowest, double highest)
    {
        var (first, last) = ((int)Math.Ceiling(Math.Log10(lowest) - Rounding), (int)Math.Floor(Math.Log10(highest) + Rounding));
        var stride = Math.Max(1, (last - first) / 5);
        return [.. Enumerable.Range(first, last - first + 1).Where(power => power % stride == 0).Select(power => Math.Pow(10, power))];
    }

    /// <summary>Returns the label of a tick.</summary>
    public static string Label(double tick) => Math.Abs(tick) switch
    {
        0 => "0",
        < 1e-3 => tick.ToString("0.##e-0", CultureInfo.InvariantCulture),
        < 1e3 => tick.ToString("0.####", CultureInfo.InvariantCulture),
        < 1e7 => tick.ToString("N0", CultureInfo.InvariantCulture),
        _ => tick.ToString("0.##e0", CultureInfo.InvariantCulture),
    };

    private static double RoundUp(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return (step / power) switch
        {
            <= 1 + Rounding => power,
            <= 2 + Rounding => 2 * power,
            <= 5 + Rounding => 5 * power,
            _ => 10 * power,
        };
    }
}
