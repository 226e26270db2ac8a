using Semblance.Training.Recipes;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MultipleNegativesSymmetricRankingLoss"/>.</summary>
public sealed record MultipleNegativesSymmetricRankingLossSettings
{
    /// <summary>Gets the factor of the similarities: the inverse of the temperature; 20 by default.</summary>
    public float Scale
    {
        get;
        init => field = Setting.Positive(value);
    } = 20;

    /// <summary>Gets the similarity of two vectors; <see cref="SimilarityFunction.Cosine"/> by default.</summary>
    public SimilarityFunction Similarity { get; init; } = SimilarityFunction.Cosine;
}

/// <summary>
/// Represents <see cref="MultipleNegativesRankingLoss"/> in both directions, from anchor to positive and from positive to anchor: the mean
/// of the two.
/// </summary>
/// <remarks>
/// Radford et al. 2021, arXiv:2103.00020, for images and texts; Günther et al. 2023, arXiv:2310.19923, for texts. Two or more text columns:
/// anchor, positive, and any number of hard negatives, which only the first direction uses; no labels.
/// </remarks>
public sealed class MultipleNegativesSymmetricRankingLoss(MultipleNegativesSymmetricRankingLossSettings? settings = null)
    : MultipleNegativesRankingLoss(All(settings ?? new()))
{
    private const string Guenther =
        """
        @misc{gunther2023jina,
            title = {Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents},
            author = {Michael G{\"u}nther and Jackmin Ong and Isabelle Mohr and Alaeddine Abdessalem and Tanguy Abel and Mohammad Kalim Akram and Susana Guzman and Georgios Mastrapas and Saba Sturua and Bo Wang and Maximilian Werk and Nan Wang and Han Xiao},
            year = {2023},
            eprint = {2310.19923},
            archivePrefix = {arXiv},
            primaryClass = {cs.CL}
        }
        """;

    private const string Radford =
        """
        @misc{radford2021learning,
            title = {Learning Transferable Visual Models From Natural Language Supervision},
            author = {Alec Radford and Jong Wook Kim and Chris Hallacy and Aditya Ramesh and Gabriel Goh and Sandhini Agarwal and Girish Sastry and Amanda Askell and Pamela Mishkin and Jack Clark and Gretchen Krueger and Ilya Sutskever},
            year = {2021},
            eprint = {2103.00020},
            archivePrefix = {arXiv},
            primaryClass = {cs.CV}
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(MultipleNegativesSymmetricRankingLoss), ModelOutputKind.SentenceEmbeddings, [.. Keys],
        (node, _) => new MultipleNegativesSymmetricRankingLoss(Read(node)));

    internal static new string[] Keys => ["scale", "similarity"];

    internal static MultipleNegativesSymmetricRankingLossSettings Read(RecipeNode node)
    {
        var usual = new MultipleNegativesSymmetricRankingLossSettings();
        return usual with
        {
            Scale = node.Scale(usual.Scale),
            Similarity = node.Similarity(usual.Similarity),
        };
    }

    private static MultipleNegativesRankingLossSettings All(MultipleNegativesSymmetricRankingLossSettings settings) => new()
    {
        Scale = settings.Scale,
        Similarity = settings.Similarity,
        Directions = RankingDirections.QueryToDocument | RankingDirections.DocumentToQuery,
        PartitionMode = PartitionMode.PerDirection,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [Radford, Guenther];
}
