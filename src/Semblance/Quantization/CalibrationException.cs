namespace Semblance;

/// <summary>The exception that is thrown when there are too few vectors for the ranges of int8 or uint8.</summary>
public sealed class CalibrationException : InvalidOperationException
{
    internal CalibrationException(Precision precision, int count)
        : base($"Calibration of {precision.ToString().ToLowerInvariant()} needs at least {QuantizationRanges.EnoughVectors} texts, but "
            + $"found {count}; calibrate with more texts, or use binary or float32.") =>
        (Precision, Count) = (precision, count);

    /// <summary>Gets the precision.</summary>
    public Precision Precision { get; }

    /// <summary>Gets the number of vectors found.</summary>
    public int Count { get; }
}
