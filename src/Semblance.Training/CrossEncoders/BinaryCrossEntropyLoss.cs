using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>
/// Each candidate belongs to the query or does not: cross-entropy of the logistic function of its score (Nogueira and Cho 2019,
/// arXiv:1901.04085, trained rerankers so). Labels from 0 to 1 for each candidate; without, the first is 1 and the others 0.
/// </summary>
/// <param name="positiveWeight">What the label 1 counts against the label 0: above 1 where most candidates are 0.</param>
public sealed class BinaryCrossEntropyLoss(float positiveWeight = 1) : CrossEncoderLoss
{
    /// <summary>Gets what the label 1 counts against the label 0.</summary>
    public float PositiveWeight { get; } = Positive(positiveWeight);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Nogueira];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        float[] labels = [.. input.RequireRelevances(this).SelectMany(row => row)];
        var missed = run.ScaleRows(run.Softplus(run.Scale(input.Logits, -1)), Array.ConvertAll(labels, label => PositiveWeight * label));
        var mistaken = run.ScaleRows(run.Softplus(input.Logits), Array.ConvertAll(labels, label => 1 - label));
        return run.Mean(run.Add(missed, mistaken));
    }
}
