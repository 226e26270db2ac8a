using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="ContrastiveTensionInBatchNegativesLoss"/>.</summary>
public sealed record ContrastiveTensionInBatchNegativesLossSettings
{
    /// <summary>Gets the initial factor of the similarities; 20 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 20;

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.Cosine"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;
}

/// <summary>
/// Represents <see cref="ContrastiveTensionLoss"/> with in-batch negatives in both directions and a trained scale:
/// <see cref="MultipleNegativesSymmetricRankingLoss"/> between two copies of an encoder.
/// </summary>
/// <remarks>
/// Carlsson et al. 2021, "Semantic Re-tuning with Contrastive Tension". Two text columns with the same sentences, one for each copy; no
/// labels.
/// </remarks>
public sealed class ContrastiveTensionInBatchNegativesLoss : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(ContrastiveTensionInBatchNegativesLoss), ModelOutputKind.SentenceEmbeddings, ["scale", "similarity"], (node, _) =>
        {
            var usual = new ContrastiveTensionInBatchNegativesLossSettings();
            return new ContrastiveTensionInBatchNegativesLoss(
                usual with { Scale = node.Scale(usual.Scale), Similarity = node.Similarity(usual.Similarity) });
        });

    private readonly Tensor _logitScale;

    /// <summary>Initializes a new instance of the <see cref="ContrastiveTensionInBatchNegativesLoss"/> class.</summary>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public ContrastiveTensionInBatchNegativesLoss(ContrastiveTensionInBatchNegativesLossSettings? settings = null)
    {
        Settings = settings ?? new();
        _logitScale = Tensor.From([MathF.Log(Settings.Scale)], 1);
        _logitScale.RequiresGradient = true;
    }

    /// <summary>Gets the settings.</summary>
    public ContrastiveTensionInBatchNegativesLossSettings Settings { get; }

    /// <summary>Gets the current factor of the similarities, which is trained.</summary>
    public float Scale => MathF.Exp(_logitScale.Values[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.Carlsson];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        var rows = input.Rows;
        if (rows == 1)
        {
            throw new LossInputException(
                $"{Name} has no negatives in a batch of one row; use larger batches or leave the last short one out.");
        }

        var scale = run.Gather(run.Exp(_logitScale), new int[rows * rows], rows, rows);
        var scores = run.Multiply(run.Similarities(input.Embeddings[0], input.Embeddings[1], Settings.Similarity), scale);
        var own = Enumerable.Range(0, rows);
        return run.Scale(run.Add(run.CrossEntropy(scores, own), run.CrossEntropy(run.Transpose(scores), own)), 0.5f);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Parameters() => [new("logit_scale", _logitScale)];
}
