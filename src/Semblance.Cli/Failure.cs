using Semblance.Files;
using Semblance.Training;

namespace Semblance.Cli;

/// <summary>What went wrong, in one line.</summary>
internal static class Failure
{
    // EPIPE, and Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    private static readonly int[] BrokenPipe = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    /// <summary>The sentence that stands for an exception: its own where it was made for users. A file can put any text into it, so it is cut off where it is long.</summary>
    public static string Describe(Exception failure) => ErrorMessage.Shorten(Sentence(failure));

    private static string Sentence(Exception failure) => failure switch
    {
        TypeInitializationException { InnerException: { } inner } => Sentence(inner),
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        CalibrationException { Precision: var precision, Count: var count } =>
            $"--precision {precision.ToString().ToLowerInvariant()}: the ranges of {count} texts are a guess, and {QuantizationRanges.EnoughVectors} are needed; name more texts with --calibration, or use binary or float32.",
        OutOfMemoryException => "there is not enough memory; give less at a time (--batch-tokens), or a smaller input.",
        ArgumentException { ParamName: { } name } and not ArgumentNullException =>
            OneLine(failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)),
        FormatException or TrainingException or TrainingChangedException or SamplerException or LossInputException or IOException or UnauthorizedAccessException or NotSupportedException or (ArgumentException and not ArgumentNullException) =>
            OneLine(failure.Message),
        _ => $"unexpected {failure.GetType().Name}: {OneLine(failure.Message)} Please report this, with the command line.",
    };

    /// <summary>A text without line breaks, and without what a terminal would obey.</summary>
    public static string OneLine(string text) => Excerpt.Escape(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    /// <summary>Whether a write failed because nobody reads any more.</summary>
    public static bool IsBrokenPipe(IOException failure) => BrokenPipe.Contains(failure.HResult);
}
