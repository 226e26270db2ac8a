using Semblance.Tensors;

namespace Semblance.Training;

/// <summary>Represents the settings of <see cref="MSELoss"/>.</summary>
public sealed record MSELossSettings
{
    /// <summary>
    /// Gets the linear layer from the model's embeddings to the teacher's dimension (<see cref="EmbedDistillLoss.NewProjection"/>);
    /// <see langword="null"/>, the default, for equal dimensions.
    /// </summary>
    public Linear? Projection { get; init; }
}

/// <summary>
/// Represents the mean squared error between sentence embeddings and a teacher's, also across languages (Reimers and Gurevych 2020,
/// arXiv:2004.09813).
/// </summary>
/// <remarks>
/// The <see cref="EmbedDistillLoss"/> with <see cref="EmbeddingDistance.MeanSquaredError"/>. One or more text columns; the labels are the
/// teacher's embeddings, the same for every column or one for each column.
/// </remarks>
public sealed class MSELoss : EmbedDistillLoss
{
    private const string ReimersMultilingual =
        """
        @inproceedings{reimers-2020-multilingual-sentence-bert,
            title = "Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation",
            author = "Reimers, Nils and Gurevych, Iryna",
            booktitle = "Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing",
            month = "11",
            year = "2020",
            publisher = "Association for Computational Linguistics",
            url = "https://arxiv.org/abs/2004.09813",
        }
        """;

    /// <summary>Gets the descriptor of the loss for recipes.</summary>
    public static new LossDescriptor Descriptor { get; } = new(
        nameof(MSELoss), ModelOutputKind.SentenceEmbeddings, ["projection"],
        (node, context) => new MSELoss(new() { Projection = ReadProjection(node, context) }));

    /// <summary>Initializes a new instance of the <see cref="MSELoss"/> class.</summary>
    /// <param name="settings">The settings; <see langword="null"/> for the defaults.</param>
    public MSELoss(MSELossSettings? settings = null)
        : base(new() { Distance = EmbeddingDistance.MeanSquaredError, Projection = settings?.Projection })
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Citations => [ReimersMultilingual];
}
