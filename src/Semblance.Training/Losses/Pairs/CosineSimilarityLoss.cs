using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>
/// Represents the mean squared error between the cosine similarity of two sentence embeddings and a label, as Sentence-BERT was trained on
/// graded similarity (Reimers and Gurevych 2019, arXiv:1908.10084).
/// </summary>
/// <remarks>Two text columns and a label for each pair, usually from 0 to 1.</remarks>
public sealed class CosineSimilarityLoss : Loss
{
    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(CosineSimilarityLoss), ModelOutputKind.SentenceEmbeddings, [], (_, _) => new CosineSimilarityLoss());

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Papers.SentenceBert];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 2, 2);
        return run.MeanSquaredError(
            run.RowSimilarities(input.Embeddings[0], input.Embeddings[1], SimilarityFunction.Cosine), input.RequireLabels(this));
    }
}
