namespace Semblance.Server.Inference;

/// <summary>Represents how long the parts of a request took.</summary>
/// <param name="Tokenization">The time of the tokenization.</param>
/// <param name="Queue">The time from the end of the tokenization to the first batch.</param>
/// <param name="Inference">The time from the first batch to the last result.</param>
internal readonly record struct Timings(TimeSpan Tokenization, TimeSpan Queue, TimeSpan Inference)
{
    /// <summary>Adds the times of two steps of one request.</summary>
    public static Timings operator +(Timings a, Timings b) =>
        new(a.Tokenization + b.Tokenization, a.Queue + b.Queue, a.Inference + b.Inference);
}
