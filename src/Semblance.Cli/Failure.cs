using Semblance.Files;
using Semblance.Training;

namespace Semblance.Cli;

/// <summary>Describes exceptions in one line.</summary>
internal static class Failure
{
    // EPIPE, and Windows' ERROR_BROKEN_PIPE and ERROR_NO_DATA.
    private static readonly int[] BrokenPipe = [32, unchecked((int)0x8007006D), unchecked((int)0x800700E8)];

    /// <summary>
    /// Returns the sentence that describes an exception: its own message where that was written for users. It is shortened, because
    /// a file can put text of any length into it.
    /// </summary>
    public static string Describe(Exception failure) => ErrorMessage.Shorten(Sentence(failure));

    private static string Sentence(Exception failure) => failure switch
    {
        TypeInitializationException { InnerException: { } inner } => Sentence(inner),
        AggregateException { InnerExceptions: [var only] } => Sentence(only),
        CalibrationException { Precision: var precision, Count: var count } =>
            $"--precision {precision.ToString().ToLowerInvariant()}: the ranges of {count} texts are a guess, "
            + $"and {QuantizationRanges.EnoughVectors} are needed; give more texts with --calibration, or use binary or float32.",
        OutOfMemoryException => "there is not enough memory; use smaller batches (--batch-tokens) or a smaller input.",
        ArgumentException { ParamName: { } name } and not ArgumentNullException =>
            OneLine(failure.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)),
        FormatException or TrainingException or TrainingChangedException or SamplerException or LossInputException
            or IOException or UnauthorizedAccessException or NotSupportedException or (ArgumentException and not ArgumentNullException) =>
            OneLine(failure.Message),
        _ => $"unexpected {failure.GetType().Name}: {OneLine(failure.Message)} Please report this, with the command line.",
    };

    /// <summary>Returns a text without line breaks and with control characters escaped.</summary>
    public static string OneLine(string text) =>
        Excerpt.Escape(string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    /// <summary>Returns a value that indicates whether a write failed because the reader has closed the pipe.</summary>
    public static bool IsBrokenPipe(IOException failure) => BrokenPipe.Contains(failure.HResult);
}
