using Semblance.Server.Inference;

namespace Semblance.Server.Rpc;

/// <summary>Checks values of requests, and converts what a request cost.</summary>
internal static class RpcValues
{
    private const int NanosecondsPerTick = 100;

    /// <summary>Returns a text, which must not be empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="direction">The end of a long text that is left out.</param>
    /// <exception cref="RequestException">The text is empty, or the direction is not supported.</exception>
    public static string Checked(string text, TruncationDirection direction)
    {
        Check(direction);
        return text.Length > 0 ? text : throw RequestException.Empty("inputs");
    }

    /// <summary>Throws if the start of a long text is to be left out.</summary>
    /// <exception cref="RequestException">The direction is not supported.</exception>
    public static void Check(TruncationDirection direction)
    {
        if (direction != TruncationDirection.Right)
        {
            throw RequestException.Validation("`truncation_direction` is left; only right is supported.", "truncation_direction");
        }
    }

    /// <summary>Converts what a request cost.</summary>
    public static Metadata Metadata(Usage usage)
    {
        var timings = usage.Timings;
        return new Metadata
        {
            ComputeChars = Saturated(usage.Characters),
            ComputeTokens = Saturated(usage.Tokens),
            TotalTimeNs = Nanoseconds(timings.Tokenization + timings.Queue + timings.Inference),
            TokenizationTimeNs = Nanoseconds(timings.Tokenization),
            QueueTimeNs = Nanoseconds(timings.Queue),
            InferenceTimeNs = Nanoseconds(timings.Inference),
        };
    }

    /// <summary>Converts a number to 32 bits; larger ones become the largest.</summary>
    public static uint Saturated(long value) => (uint)Math.Clamp(value, 0, uint.MaxValue);

    private static ulong Nanoseconds(TimeSpan time) => (ulong)Math.Max(0, time.Ticks * NanosecondsPerTick);
}
