using Semblance.Tensors;

namespace Semblance.Training.CrossEncoders;

/// <summary>Represents the settings of <see cref="BinaryCrossEntropyLoss"/>.</summary>
public sealed record BinaryCrossEntropyLossSettings : CrossEncoderLossSettings
{
    /// <summary>
    /// Gets the weight of the label 1 relative to the label 0; 1 by default, above 1 if most candidates have the label 0.
    /// </summary>
    public float PositiveWeight
    {
        get;
        init => field = Setting.Positive(value);
    } = 1;
}

/// <summary>
/// Represents the binary cross-entropy of the logistic function of each candidate's score (Nogueira and Cho 2019, arXiv:1901.04085, for
/// rerankers).
/// </summary>
/// <remarks>Labels from 0 to 1 for each candidate; without labels, the first candidate is 1 and the others are 0.</remarks>
public sealed class BinaryCrossEntropyLoss(BinaryCrossEntropyLossSettings? settings = null) : CrossEncoderLoss(settings)
{
    private const string Nogueira =
        """
        @misc{nogueira2019passage,
            title = {Passage Re-ranking with BERT},
            author = {Rodrigo Nogueira and Kyunghyun Cho},
            year = {2019},
            eprint = {1901.04085},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(BinaryCrossEntropyLoss), ModelOutputKind.Logits, ["positive-weight", "mini-batch"], (node, _) =>
        {
            var usual = new BinaryCrossEntropyLossSettings();
            return new BinaryCrossEntropyLoss(
                usual with
                {
                    PositiveWeight = node.Number("positive-weight", usual.PositiveWeight, float.Epsilon, 1e6f),
                    MiniBatchSize = node.MiniBatchSize(usual.MiniBatchSize),
                });
        });

    /// <summary>Gets the settings.</summary>
    public BinaryCrossEntropyLossSettings Settings { get; } = settings ?? new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Nogueira];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, CrossEncoderInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        float[] labels = [.. input.RequireRelevances(this).SelectMany(row => row)];
        var missed = run.ScaleRows(
            run.Softplus(run.Scale(input.Logits, -1)), Array.ConvertAll(labels, label => Settings.PositiveWeight * label));
        var mistaken = run.ScaleRows(run.Softplus(input.Logits), Array.ConvertAll(labels, label => 1 - label));
        return run.Mean(run.Add(missed, mistaken));
    }
}
