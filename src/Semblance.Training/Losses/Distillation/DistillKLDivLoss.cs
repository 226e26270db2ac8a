using Semblance.Tensors;
using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="DistillKLDivLoss"/>.</summary>
public sealed record DistillKLDivLossSettings : KLDivergenceSettings
{
    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.DotProduct"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.DotProduct;
}

/// <summary>
/// Represents the Kullback–Leibler divergence Σ p ln(p / q) of a teacher's probabilities p from the model's q over the documents of a
/// query.
/// </summary>
/// <remarks>
/// p and q are the softmax of the scores over a temperature; the result is multiplied by the square of the student's temperature (Lin et
/// al. 2020, arXiv:2010.11386; Hinton et al. 2015, arXiv:1503.02531). Three or more text columns: query, positive, negatives. The labels
/// are the teacher's scores of the positive and of each negative.
/// </remarks>
public sealed class DistillKLDivLoss(DistillKLDivLossSettings? settings = null) : Loss
{
    private const string Lin =
        """
        @misc{lin2020distilling,
            title = {Distilling Dense Representations for Ranking using Tightly-Coupled Teachers},
            author = {Sheng-Chieh Lin and Jheng-Hong Yang and Jimmy Lin},
            year = {2020},
            eprint = {2010.11386},
            archivePrefix = {arXiv},
            primaryClass = {cs.IR}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static LossDescriptor Descriptor { get; } = new(
        nameof(DistillKLDivLoss), ModelOutputKind.SentenceEmbeddings,
        ["temperature", "similarity", "student-temperature", "teacher-temperature"], (node, _) => new DistillKLDivLoss(Read(node, new())));

    /// <summary>Gets the settings.</summary>
    public DistillKLDivLossSettings Settings { get; } = settings ?? new();

    /// <summary>Reads the settings from a recipe.</summary>
    /// <param name="node">The settings of the loss in the recipe.</param>
    /// <param name="usual">The defaults.</param>
    internal static DistillKLDivLossSettings Read(RecipeNode node, DistillKLDivLossSettings usual) =>
        KLDivergenceSettings.Read(node, usual) with { Similarity = node.Similarity(usual.Similarity) };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Lin, Papers.Hinton];

    /// <inheritdoc/>
    public override Tensor Forward(Computation run, LossInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input.RequireColumns(this, 3);
        var scores = run.ConcatenateColumns(
            [.. input.Embeddings.Skip(1).Select(document => run.RowSimilarities(input.Embeddings[0], document, Settings.Similarity))]);
        return Settings.Divergence(run, input.RequireLabels(this, input.Embeddings.Count - 1), scores);
    }
}
