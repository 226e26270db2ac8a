namespace Semblance.Training;

/// <summary>Represents precision and recall of a generated text, from 0 to 1.</summary>
/// <param name="Precision">The share of the generated text that the reference has.</param>
/// <param name="Recall">The share of the reference that the generated text has.</param>
public readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>Gets the harmonic mean of precision and recall; 0 if both are 0.</summary>
    public double FMeasure => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;

    internal static RougeScore Of(int shared, int generated, int reference) =>
        new(shared / (double)Math.Max(generated, 1), shared / (double)Math.Max(reference, 1));
}
