using System.Runtime.Intrinsics;

namespace Semblance;

/// <summary>Finds the few scores that reach a threshold, sixteen at a time; NaN never does.</summary>
internal static class ScoreScan
{
    /// <summary>
    /// Returns the first index from <paramref name="start"/> on whose score is at least <paramref name="bar"/>, or the length.
    /// </summary>
    public static int Next(ReadOnlySpan<float> scores, int start, float bar)
    {
        var bars = Vector512.Create(bar);
        for (; start <= scores.Length - Vector512<float>.Count; start += Vector512<float>.Count)
        {
            if (Vector512.GreaterThanOrEqualAny(Vector512.Create(scores[start..]), bars))
            {
                break;
            }
        }

        while (start < scores.Length && !(scores[start] >= bar))
        {
            start++;
        }

        return start;
    }

    /// <summary>
    /// Returns the first index from <paramref name="start"/> on whose score is at least its own threshold, or the length.
    /// </summary>
    public static int Next(ReadOnlySpan<float> scores, int start, ReadOnlySpan<float> bars)
    {
        for (; start <= scores.Length - Vector512<float>.Count; start += Vector512<float>.Count)
        {
            if (Vector512.GreaterThanOrEqualAny(Vector512.Create(scores[start..]), Vector512.Create(bars[start..])))
            {
                break;
            }
        }

        while (start < scores.Length && !(scores[start] >= bars[start]))
        {
            start++;
        }

        return start;
    }
}
